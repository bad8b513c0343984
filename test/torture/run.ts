/**
 * Tortures for long: node test/torture/run.ts [MINUTES] [SEED], or `npm run torture -- MINUTES SEED`. Each round of a minute has the
 * next seed; ends with code 1 at the first that loses or doubles a line.
 */
import { tortureFiles } from './files.ts'

const MINUTE = 60_000

const [minutes = '10', first = String(Date.now() % 1_000_000)] = process.argv.slice(2)
for (let round = 0; round < Number(minutes); round++) {
  const seed = Number(first) + round
  const { lines, kills, done, wrong } = await tortureFiles(seed, MINUTE)
  console.log(
    `files, seed ${seed}: ${lines} lines, ${kills} kills, ${JSON.stringify(done)}: ${wrong.length === 0 ? 'each line once' : 'WRONG'}`
  )
  if (wrong.length === 0) continue
  for (const one of wrong.slice(0, 50)) console.log(`  ${one}`)
  process.exit(1)
}
