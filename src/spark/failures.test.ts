import { randomUUID } from 'node:crypto'
import { createServer as createHttp1Server } from 'node:http'
import { createSecureServer, createServer as createHttp2Server } from 'node:http2'
import { createServer, type Server } from 'node:net'
import { create, toBinary } from '@bufbuild/protobuf'
import { Code, ConnectError } from '@connectrpc/connect'
import { connectNodeAdapter } from '@connectrpc/connect-node'
import { describe, expect, it } from 'vitest'
import { SECOND_MS } from '../core/time.ts'
import { Authority, hasOpenssl } from '../sources/testing/certificates.ts'
import { freePort } from '../../test/port.ts'
import { sparkMissing, startSpark } from '../../test/spark.ts'
import { parseSparkAddress } from './address.ts'
import { failureOf, SparkError } from './problem.ts'
import { ErrorInfoSchema, SparkConnectService } from './proto/connect_pb.ts'
import { aliasOf, localRelation, sql, sqlOver } from './relation.ts'
import { SparkSession } from './session.ts'

const open = (address: string, options: object = {}): Promise<SparkSession> =>
  SparkSession.open(parseSparkAddress(address), { name: randomUUID(), timeout: 20 * SECOND_MS, ...options })

async function problemOf(act: Promise<unknown>): Promise<SparkError> {
  const error: unknown = await act.then(
    () => undefined,
    (error: unknown) => error
  )
  if (error instanceof SparkError) return error
  throw new Error('no SparkError', { cause: error })
}

async function listening(server: Server): Promise<AsyncDisposable & { address: string }> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const bound = server.address()
  const port = bound !== null && typeof bound === 'object' ? bound.port : 0
  const close = (): Promise<void> => new Promise(resolve => server.close(() => resolve()))
  return { address: `sc://127.0.0.1:${port}`, [Symbol.asyncDispose]: close }
}

describe('who is no Spark Connect server', () => {
  it('does not run', async () => {
    const port = await freePort()
    expect(await problemOf(open(`sc://127.0.0.1:${port}`))).toMatchObject({
      kind: 'connection',
      code: 'SPARK',
      message: `sc://127.0.0.1:${port} does not answer: connection refused (ECONNREFUSED)`
    })
  })

  it('says nothing', async () => {
    const sockets = new Set<{ destroy(): void }>()
    await using silent = await listening(createServer(socket => sockets.add(socket)))
    const error = await problemOf(open(silent.address, { timeout: 300 }))
    for (const socket of sockets) socket.destroy()
    expect(error).toMatchObject({ kind: 'connection', message: `${silent.address} does not answer in time` })
  })

  it('speaks something else', async () => {
    await using page = await listening(createHttp1Server((_, response) => response.end('hello')))
    const plain = await problemOf(open(page.address))
    expect(plain).toMatchObject({ kind: 'connection', code: 'SPARK' })
    expect(plain.message).toContain('does not speak gRPC there')
    // Kafka takes the first bytes for a length that is too large.
    await using broker = await listening(createServer(socket => socket.once('data', () => socket.destroy())))
    const cut = await problemOf(open(broker.address))
    expect(cut).toMatchObject({ kind: 'connection', code: 'SPARK' })
    expect(cut.message).toContain('or is no Spark Connect server')
    const tls = await problemOf(open(`${page.address}/;use_ssl=true`))
    expect(tls.message).toContain('does not speak TLS there')
  })

  it('is too old, or knows no Spark Connect', async () => {
    const old = connectNodeAdapter({
      routes: router =>
        router.service(SparkConnectService, {
          analyzePlan: () => ({ result: { case: 'sparkVersion', value: { version: '3.5.8' } } })
        })
    })
    await using server = await listening(createHttp2Server(old))
    const error = await problemOf(open(server.address))
    expect(error).toMatchObject({ kind: 'refused', code: 'SPARK_VERSION' })
    expect(error.message).toBe(`${server.address} runs Spark 3.5.8; 4.0 or newer is needed`)
    await using other = await listening(createHttp2Server(connectNodeAdapter({ routes: () => {} })))
    expect(await problemOf(open(other.address))).toMatchObject({ kind: 'refused', code: 'SPARK_REFUSED' })
  })
})

describe.skipIf(!hasOpenssl)('TLS (needs openssl)', () => {
  it('is spoken with whom a certificate is trusted', async () => {
    const authority = new Authority('spark test')
    const routes = connectNodeAdapter({
      routes: router =>
        router.service(SparkConnectService, {
          analyzePlan: (_, { requestHeader }) => ({
            serverSideSessionId: requestHeader.get('authorization') ?? '',
            result: { case: 'sparkVersion', value: { version: '4.2.0' } }
          })
        })
    })
    await using server = await listening(createSecureServer(authority.sign('server'), routes))
    const address = `${server.address}/;token=s3cret;use_ssl=true`
    const session = await open(address, { ca: authority.cert })
    expect(session.serverSession).toBe('Bearer s3cret')
    session.close()
    expect((await problemOf(open(address))).message).toContain('shows a certificate that is not trusted')
    expect(await problemOf(open(server.address))).toMatchObject({ kind: 'connection' })
    authority.remove()
  })
})

describe('what Spark says of a failure', () => {
  const failed = (...messages: string[]): SparkError => {
    const error = new ConnectError(messages[0] ?? '', Code.Internal)
    const info = create(ErrorInfoSchema, { metadata: { classes: '["org.apache.spark.SparkException"]' } })
    error.details.push({ type: 'google.rpc.ErrorInfo', value: toBinary(ErrorInfoSchema, info) })
    return failureOf(error, true).describe('sc://a:1', messages)
  }
  it.each([
    [
      "[PARSE_SYNTAX_ERROR] Syntax error at or near 'x'. SQLSTATE: 42601 (line 1)\n\n== SQL ==",
      "Syntax error at or near 'x'."
    ],
    ['\n\nsecond line first', 'second line first'],
    [
      'Job aborted due to stage failure: Task 0 in stage 3.0 failed 4 times, most recent failure: Lost task 0.3 in stage 3.0 (TID 9) (192.0.2.1 executor 0): org.apache.spark.SparkException: Subprocess exited with status 3. Error: visor worker: no such topic\n.\n\tat org.apache.spark.sql.execution.BaseScriptTransformationExec.checkFailureAndPropagate(Base.scala:1)\n\nDriver stacktrace:',
      'a worker ended with status 3: visor worker: no such topic'
    ],
    [
      'Job aborted due to stage failure: Task 1 in stage 9.0 failed 4 times, most recent failure: Lost task 1.3 in stage 9.0 (TID 7) (192.0.2.1 executor 2): ExecutorLostFailure (executor 2 exited caused by one of the running tasks) Reason: worker lost: Not receiving heartbeat for 60 seconds\nDriver stacktrace:',
      'ExecutorLostFailure (executor 2 exited caused by one of the running tasks) Reason: worker lost: Not receiving heartbeat for 60 seconds'
    ],
    [
      "Subprocess exited with status 1. Error: file:///kit/worker.mjs:3\n  throw new TypeError('no')\n  ^\n\nTypeError: no\n    at run (file:///kit/worker.mjs:3:9)\n\nNode.js v24.1.0\n.",
      'a worker ended with status 1: TypeError: no'
    ],
    ['Subprocess exited with status 137. Error: .', 'a worker ended with status 137 (killed by signal 9)'],
    [
      'Job aborted due to stage failure: Task 0 in stage 7.0 failed 1 times, most recent failure: Lost task 0.0 in stage 7.0 (TID 6) (10.0.0.1 executor driver): org.apache.spark.SparkException: [TASK_WRITE_FAILED] Task failed while writing rows to file:/archive. SQLSTATE: 58030\n\tat org.apache.spark.sql.errors.X.y(X.scala:1)\nCaused by: java.io.IOException: No space left on device\n\tat java.base/x\n',
      'No space left on device'
    ],
    ['', 'it failed without a reason (SparkException)']
  ])('%j', (message, expected) => expect(failed(message).message).toBe(`sc://a:1: ${expected}`))

  it('is one line where Spark is being stopped', () => {
    const error = failed(
      'Cannot call methods on a stopped SparkContext.\nThis stopped SparkContext was created at:\n\norg.apache.spark.X'
    )
    expect(error).toMatchObject({ kind: 'connection', message: 'sc://a:1 is being stopped' })
  })

  it('is kept whole, and looked for in all of it', () => {
    const messages = [
      'Task failed while writing rows.',
      'Subprocess exited with status 2. Error: visor worker: late\n.'
    ]
    const error = failed(...messages)
    expect(error).toMatchObject({
      message: 'sc://a:1: a worker ended with status 2: visor worker: late',
      status: 2
    })
    expect(error.detail).toBe(messages.join('\n\n'))
  })
})

describe.skipIf(sparkMissing !== undefined)(
  `a server that fails${sparkMissing ? `: ${sparkMissing}` : ''}`,
  () => {
    it('lets nobody in without its token', async () => {
      await using spark = await startSpark({ token: 's3cret' })
      const bare = spark.address.replace(/\/;.*/, '')
      for (const address of [bare, `${bare}/;token=wr0ng`]) {
        const error = await problemOf(open(address))
        expect(error).toMatchObject({ kind: 'refused', code: 'SPARK_REFUSED' })
        expect(error.message).toMatch(/^sc:\/\/127\.0\.0\.1:\d+ does not let this client in: /)
        expect(`${error.stack} ${error.detail} ${String(error.cause)}`).not.toContain('wr0ng')
      }
      const session = await open(spark.address)
      expect(await session.query(sql('SELECT 1 AS one'))).toEqual([{ one: 1 }])
      session.close()
    })

    it('is found out when it hangs, is killed, and started again', async () => {
      await using spark = await startSpark({ cores: 2 })
      const name = randomUUID()
      const session = await open(spark.address, { name })
      const first = session.serverSession
      const slow = (silence: number): Promise<unknown> => {
        const alias = aliasOf('input')
        const input = { [alias]: localRelation({ v: { type: 'text', values: ['x'] } }) }
        return session.query(
          sqlOver(`SELECT TRANSFORM(v) USING 'sleep 8' AS (v STRING) FROM ${alias}`, input),
          { silence }
        )
      }
      await session.query(sql('SELECT 1'))
      const { pid } = spark.processes.get('server')!

      // It says nothing: a plan ends by its silence, other calls by their time.
      const waiting = problemOf(slow(4 * SECOND_MS))
      await session.greet()
      process.kill(pid, 'SIGSTOP')
      expect(await problemOf(session.greet({ timeout: 300 }))).toMatchObject({ kind: 'connection' })
      expect(await waiting).toMatchObject({
        kind: 'connection',
        message: expect.stringContaining('has said nothing for 4 s')
      })
      process.kill(pid, 'SIGCONT')
      await session.greet()
      expect(session.serverSession).toBe(first)

      // It is gone in the middle of a plan.
      const running = problemOf(slow(60 * SECOND_MS))
      await session.greet()
      await spark.kill('server')
      expect(await running).toMatchObject({ kind: 'connection', code: 'SPARK' })
      expect(await problemOf(session.greet())).toMatchObject({ kind: 'connection' })

      // Another one that knows nothing answers at the same address.
      await spark.start('server')
      await spark.answers(AbortSignal.timeout(60 * SECOND_MS))
      expect(await problemOf(session.query(sql('SELECT 1')))).toMatchObject({ kind: 'session' })
      session.close()
      const again = await open(spark.address, { name })
      expect(again.id).toBe(session.id)
      expect(again.serverSession).not.toBe(first)
      expect(await again.query(sql('SELECT 1 AS one'))).toEqual([{ one: 1 }])
      again.close()
    })
  }
)
