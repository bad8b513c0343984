/**
 * Tortures for long: node test/torture/run.ts [ROUNDS] [SEED], or `npm run torture -- ROUNDS SEED`. Each round takes two minutes and
 * has the next seed; 200 short rounds with the system's logrotate come first, or so many as VISOR_ROTATED says. Ends with
 * code 1 at the first that loses or doubles a line or a mail.
 */
import { kafkaMissing } from '../kafka.ts'
import { sparkMissing } from '../spark.ts'
import { tortureAlerts } from './alerts.ts'
import { tortureFiles, type Verdict } from './files.ts'
import { tortureFlood } from './flood.ts'
import { tortureKafka } from './kafka.ts'
import { tortureRotated } from './logrotate.ts'
import { logrotateMissing } from './rotated-log.ts'
import { tortureSpark } from './spark.ts'

const [rounds = '5', first = String(Date.now() % 1_000_000)] = process.argv.slice(2)

type Suite = readonly [name: string, run: (seed: number) => Promise<Verdict>]

const files: Suite = ['files', seed => tortureFiles(seed, 60_000)]
const alerts: Suite = ['alerts', seed => tortureAlerts(seed, 30_000)]
const kafka: readonly Suite[] = [
  ['kafka, killed', seed => tortureKafka(seed, 30_000, 1)],
  ['kafka, two that leave and come', seed => tortureKafka(seed, 30_000, 2)]
]
const spark: readonly Suite[] = [
  ['spark, one process', seed => tortureSpark(seed, 60_000, 0)],
  ['spark, two workers', seed => tortureSpark(seed, 60_000, 2)],
  ['spark, a flood', () => tortureFlood(10_000, 20_000, 60_000)]
]
const suites = [
  files,
  alerts,
  ...(kafkaMissing === undefined ? kafka : []),
  ...(kafkaMissing === undefined && sparkMissing === undefined ? spark : [])
]
if (sparkMissing !== undefined) console.log(`spark is skipped: ${sparkMissing}`)
if (kafkaMissing !== undefined) console.log(`kafka is skipped: ${kafkaMissing}`)

const rotated: Suite = ['logrotate', seed => tortureRotated(seed, 5000)]
const seeds = (count: number): number[] => Array.from({ length: count }, (_, i) => Number(first) + i)

if (logrotateMissing !== undefined) console.log(`logrotate is skipped: ${logrotateMissing}`)
else for (const seed of seeds(Number(process.env['VISOR_ROTATED'] ?? 200))) await torture(rotated, seed)
for (const seed of seeds(Number(rounds))) for (const suite of suites) await torture(suite, seed)

async function torture([name, run]: Suite, seed: number): Promise<void> {
  const { lines, kills, done, wrong } = await run(seed)
  const verdict = wrong.length === 0 ? 'each once' : 'WRONG'
  console.log(`${name}, seed ${seed}: ${lines} lines, ${kills} kills, ${JSON.stringify(done)}: ${verdict}`)
  if (wrong.length === 0) return
  for (const one of wrong.slice(0, 50)) console.log(`  ${one}`)
  process.exit(1)
}
