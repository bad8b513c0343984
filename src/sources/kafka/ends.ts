import { VisorError } from '../../core/errors.ts'
import { wrongWith } from '../../kafka/problem.ts'
import type { StreamEnd } from '../kind.ts'
import { Cluster } from './cluster.ts'
import { EARLIEST, LATEST, Offsets } from './offsets.ts'
import type { KafkaOptions } from './options.ts'
import { partitionText } from './assigned-partition.ts'

/**
 * The partitions of a source by the names of their streams, each with the offset behind its last message.
 * @throws VisorError BROKER
 */
export async function partitionEnds(options: KafkaOptions): Promise<Map<string, StreamEnd>> {
  const cluster = new Cluster(options)
  try {
    const pattern = options.pattern === undefined ? undefined : new RegExp(`^(?:${options.pattern})$`, 'u')
    const topics = await cluster.topics(options.topics ?? null)
    const partitions = topics
      .filter(({ name, internal }) => !pattern || (pattern.test(name) && !internal))
      .flatMap(({ name: topic, leaders }) => leaders.map((node, index) => ({ topic, index, node })))
    const offsets = new Offsets('', cluster)
    const ends = partitions.map(async ({ topic, index, node }): Promise<[string, StreamEnd]> => {
      const [begin, end] = await Promise.all(
        [EARLIEST, LATEST].map(time => offsets.at({ topic, index }, node, time))
      )
      return [partitionText({ topic, index }), { part: 'message', end: end ?? 0, begin: begin ?? 0 }]
    })
    return new Map(await Promise.all(ends))
  } catch (cause) {
    throw new VisorError('BROKER', `Kafka at ${options.brokers.join(',')} ${wrongWith(cause)}`, { cause })
  } finally {
    await cluster.close()
  }
}
