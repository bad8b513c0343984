import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { startBroker } from '../../local/kafka.ts'
import { startSpark } from '../../local/spark/start.ts'
import type { Context } from '../context.ts'
import { fetchingOf } from '../fetching.ts'
import { topicsOf, type MadeUpPlace } from '../made-up.ts'

const MEMORY_MB = 1024
const TOPICS = ['access', 'error']

/** Where lines go to, what reads them, and what of it ends with the demo. */
export interface DemoStage extends AsyncDisposable {
  readonly place: MadeUpPlace
  /** The `engine` of the configuration; the embedded one when absent. */
  readonly engine?: unknown
  /** What is going on where, for people. */
  readonly lines: readonly string[]
}

/** A broker that lines go to, and a Spark that reads them; both end with the demo, and what they had is gone. */
export async function openSparkStage(rate: number, folder: string, context: Context): Promise<DemoStage> {
  const fetching = fetchingOf(context)
  fetching.progress('starting Kafka')
  const broker = await startBroker({ folder: join(folder, 'kafka'), partitions: 2, tied: true }, fetching)
  for (const topic of TOPICS) await broker.createTopic(topic)
  await broker.groupsAnswer(context.signal)
  fetching.progress('starting Spark')
  const size = { workers: 0, cores: availableParallelism(), memory: MEMORY_MB }
  const starting = startSpark({ ...size, folder: join(folder, 'spark'), tied: true }, fetching)
  const spark = await starting.catch(async (error: unknown) => {
    await broker.kill()
    throw error
  })
  return {
    place: topicsOf(broker.address),
    engine: { type: 'spark', connect: spark.address },
    lines: [
      `demo with about ${rate} lines a second to Kafka at ${broker.address}`,
      `Spark ${spark.setup.version} counts them at ${spark.address}, its own pages are at ${spark.ui}`
    ],
    // Nothing of it is wanted any more: it need not end in order.
    [Symbol.asyncDispose]: async () => {
      await spark.kill()
      await broker.kill()
    }
  }
}
