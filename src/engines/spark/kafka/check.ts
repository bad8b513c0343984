import { counted } from '../../../core/units.ts'
import type { EngineSource } from '../../../counting/plan.ts'
import { SparkError } from '../../../spark/problem.ts'
import type { EngineFinding } from '../../kind.ts'
import { connectorMissing, kafkaRefusalIn } from './refusal.ts'
import { partitionsRelation } from './relation.ts'
import { isKafka, type AskSpark } from './source.ts'

/** Whether Spark itself can read the topics of each source of Kafka; ends where its connector is missing. */
export async function* checkKafka(
  sources: readonly EngineSource[],
  ask: AskSpark,
  signal: AbortSignal
): AsyncGenerator<EngineFinding> {
  for (const { name, options } of sources) {
    if (!isKafka(options)) continue
    const what = `source ${name}`
    try {
      await ask(partitionsRelation(options), signal)
    } catch (error) {
      if (!(error instanceof SparkError)) throw error
      const { kind, message } = error
      const said =
        kind === 'connection' ? `Spark gets no answer from ${options.brokers.join(', ')} in time` : message
      const refusal = kafkaRefusalIn(error)
      if (refusal?.kind === 'connector') {
        yield { what: 'connector', text: connectorMissing().message, problem: true }
        return
      }
      if (refusal?.kind === 'partitions')
        yield { what, text: `Spark reaches the brokers: ${counted(refusal.partitions.length, 'partition')}` }
      else
        yield {
          what,
          text: `${said}. With kafka.read: spark it is Spark that must reach all brokers by the names that these advertise`,
          problem: true
        }
    }
  }
}
