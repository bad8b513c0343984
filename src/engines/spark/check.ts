import { VisorError } from '../../core/errors.ts'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import { counted } from '../../core/units.ts'
import type { EnginePlan } from '../../counting/plan.ts'
import { parseSparkAddress, sparkAddressText } from '../../spark/address.ts'
import { ClusterView } from '../../spark/cluster.ts'
import { aliasOf, localRelation, sqlOver, type SparkRelation } from '../../spark/relation.ts'
import { SparkSession } from '../../spark/session.ts'
import type { EngineFinding } from '../kind.ts'
import type { SparkEngineOptions } from './options.ts'
import { unpackRow } from './pack.ts'
import type { ProbeAnswer } from './protocol.ts'
import { checkKafka } from './kafka/check.ts'
import { jobOf } from './start.ts'
import { answerRow, transformSql, Workers } from './workers.ts'

/** Who answers at all does so by then. */
const ANSWER_TIMEOUT: Millis = 5 * SECOND_MS
/** The first program on executors starts once these have started, and have fetched what they need. */
const START_TIMEOUT: Millis = 60 * SECOND_MS
/** Brokers that do not answer are waited for by the worker for less than this. */
const PROBE_TIMEOUT: Millis = 30 * SECOND_MS
const PURPOSE = 'visor check'

/** Tries, one after the other, what the engine needs of Spark; ends where nothing can go on without what is missing. */
export async function* checkSpark(
  { connect, node, lines, kafka, archive }: SparkEngineOptions,
  plan: EnginePlan,
  signal: AbortSignal
): AsyncGenerator<EngineFinding> {
  if (archive) yield* remarksOn(archive.path, lines)
  const open: { close(): void }[] = []
  let what = 'connection'
  try {
    const address = parseSparkAddress(connect)
    const session = await SparkSession.open(address, { name: PURPOSE, signal, timeout: ANSWER_TIMEOUT })
    open.push(session)
    yield { what, text: `Spark ${session.version} at ${sparkAddressText(address)}` }
    what = 'executors'
    const call = { signal, timeout: ANSWER_TIMEOUT }
    const { executors, cores, page } = await new ClusterView(session, Date.now).look(call)
    const some = [
      executors === undefined ? 'not known' : counted(executors, 'executor'),
      ...(cores === undefined ? [] : [counted(cores, 'core')]),
      ...(page === undefined ? [] : [`Spark's page is ${page}`])
    ]
    yield { what, text: some.join(', ') }
    what = 'artifacts'
    const began = performance.now()
    const workers = await Workers.open({ connect, node, purpose: PURPOSE, signal })
    open.push(workers)
    const seconds = ((performance.now() - began) / SECOND_MS).toFixed(1)
    yield { what, text: `executors have the worker and its Node, after ${seconds} s` }
    what = 'scripts'
    const job = jobOf(plan, lines)
    const sparkReads = kafka.read === 'spark'
    // Workers need not reach brokers then.
    const probed = sparkReads ? { ...plan, sources: [] } : plan
    const places = await probe(workers, jobOf(probed, lines), cores ?? 1, signal)
    const hosts = [...new Set(places.map(({ host, node }) => `Node ${node} on ${host}`))]
    yield { what, text: `executors run them: ${hosts.join(', ')}` }
    if (sparkReads)
      yield* checkKafka(
        plan.sources,
        (relation, signal) => session.query(relation, { signal, timeout: START_TIMEOUT }),
        signal
      )
    else yield* brokersOf(places)
    what = 'plan'
    const command = await workers.command('count', job, START_TIMEOUT, signal)
    const columns = await session.columns(transformOf(command, ['']), call)
    yield { what, text: `Spark accepts it: ${columns.map(({ name, type }) => `${name} ${type}`).join(', ')}` }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof VisorError)) throw error
    const failed = error.code === 'SPARK_SCRIPTS' ? 'scripts' : what
    yield { what: failed, text: `${error.message}. ${error.remedy}`, problem: true }
  } finally {
    for (const one of open) one.close()
  }
}

/** What may not be meant as it is written, of an archive. */
function* remarksOn(path: string, lines: boolean): Generator<EngineFinding> {
  const what = 'archive'
  if (!/^(?:[a-z][\w+.-]*:|\/)/i.test(path))
    yield {
      what,
      text: `"${path}" is below the folder that Spark itself runs in, or that of its user in HDFS; write the whole path, or the address of the storage`
    }
  if (!lines)
    yield {
      what,
      text: '"lines: false" changes nothing here: lines are in the archive, and none in the store'
    }
}

/** What workers tell of the places where they run, one for each task that there is room for. */
async function probe(
  workers: Workers,
  job: unknown,
  tasks: number,
  signal: AbortSignal
): Promise<ProbeAnswer[]> {
  const command = await workers.command('probe', job, PROBE_TIMEOUT, signal)
  const rows = Array.from({ length: Math.min(16, Math.max(1, tasks)) }, (_, i) => String(i))
  const answer = await workers.session.query(transformOf(command, rows), { signal, timeout: START_TIMEOUT })
  return answer.map(row => unpackRow(answerRow(row)))
}

function transformOf(command: string, rows: readonly string[]): SparkRelation {
  const alias = aliasOf('check')
  const query = transformSql('task', command, alias)
  return sqlOver(query, { [alias]: localRelation({ task: { type: 'text', values: rows } }) })
}

/** Whether all places reach the brokers of each source of Kafka. */
function* brokersOf(places: readonly ProbeAnswer[]): Generator<EngineFinding> {
  for (const { name, partitions } of places[0]?.sources ?? []) {
    const wrong = places.flatMap(({ host, sources }) => {
      const problem = sources.find(source => source.name === name)?.problem
      return problem === undefined ? [] : [`from ${host}: ${problem}`]
    })
    const text = [...new Set(wrong)].join('; ')
    if (text === '')
      yield {
        what: `source ${name}`,
        text: `executors reach the brokers: ${counted(partitions ?? 0, 'partition')}`
      }
    else
      yield {
        what: `source ${name}`,
        text: `${text}. Executors read Kafka by themselves: they must reach all brokers by the names that these advertise`,
        problem: true
      }
  }
}
