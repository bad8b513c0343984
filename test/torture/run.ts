/**
 * Tortures for long: node test/torture/run.ts [ROUNDS] [SEED], or `npm run torture -- ROUNDS SEED`. Each round takes two minutes and
 * has the next seed; ends with code 1 at the first that loses or doubles a line or a mail.
 */
import { kafkaMissing } from '../kafka.ts'
import { sparkMissing } from '../spark.ts'
import { tortureAlerts } from './alerts.ts'
import { tortureFiles, type Verdict } from './files.ts'
import { tortureFlood } from './flood.ts'
import { tortureKafka } from './kafka.ts'
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

for (let seed = Number(first); seed < Number(first) + Number(rounds); seed++)
  for (const [name, run] of suites) {
    const { lines, kills, done, wrong } = await run(seed)
    const verdict = wrong.length === 0 ? 'each once' : 'WRONG'
    console.log(`${name}, seed ${seed}: ${lines} lines, ${kills} kills, ${JSON.stringify(done)}: ${verdict}`)
    if (wrong.length === 0) continue
    for (const one of wrong.slice(0, 50)) console.log(`  ${one}`)
    process.exit(1)
  }
