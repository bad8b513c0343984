import { readFileSync } from 'node:fs'
import { availableParallelism, hostname } from 'node:os'
import { partitionEnds } from '../../../sources/kafka/ends.ts'
import type { KafkaOptions } from '../../../sources/kafka/options.ts'
import { packRow, rowText } from '../pack.ts'
import type { ProbeAnswer } from '../protocol.ts'
import { rowsIn, Use, writeOut } from './stdio.ts'

/** Of a `Job` what is looked at here. */
interface ProbedJob {
  readonly plan: { readonly sources: readonly ProbedSource[] }
}

interface ProbedSource {
  readonly name: string
  readonly options: KafkaOptions & { readonly type: string }
}

/** Tells of the place that it runs at, and whether the brokers of the job's sources answer there: a row for each of its input. */
export async function probePlace([file = '', time]: readonly string[]): Promise<void> {
  const use = new Use(time)
  const job: ProbedJob = JSON.parse(readFileSync(file, 'utf8'))
  const topics = job.plan.sources.filter(({ options }) => options.type === 'kafka')
  const found: ProbeAnswer = {
    host: hostname(),
    node: process.version,
    cores: availableParallelism(),
    sources: await Promise.all(topics.map(reached))
  }
  const row = rowText(packRow({ task: 0, part: 0, kind: 'probe' }, found))
  writeOut(row.repeat([...rowsIn(use)].length), use)
}

async function reached({ name, options }: ProbedSource): Promise<ProbeAnswer['sources'][number]> {
  try {
    return { name, partitions: (await partitionEnds(options)).size }
  } catch (error) {
    return { name, problem: error instanceof Error ? error.message : String(error) }
  }
}
