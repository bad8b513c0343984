import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { MINUTE_MS, type Millis } from '../src/core/time.ts'
import { isRunning, type ProcessId } from '../src/local/process-id.ts'
import { groupsIn, Guard } from '../src/local/process.ts'
import { executorsOf } from '../src/local/spark/look.ts'
import { parseSparkAddress } from '../src/spark/address.ts'
import { sql } from '../src/spark/relation.ts'
import { SparkSession } from '../src/spark/session.ts'
import { defaultCache } from '../src/system/folders.ts'
import { freePort } from './port.ts'
import { sparkMissing, sparkServer, startSpark, type LocalSpark } from './spark.ts'
import { startVisor, type Outcome } from './visor.ts'

const { signal } = new AbortController()
const title = (what: string): string => (sparkMissing === undefined ? what : `${what} (${sparkMissing})`)
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await delay(50)
}
const allGone = (ids: readonly ProcessId[]): Promise<void> => until(() => !ids.some(isRunning))
const answerOf = async (connect: string): Promise<unknown> => {
  const session = await SparkSession.open(parseSparkAddress(connect), { name: 'test' })
  try {
    return await session.query(sql("SELECT TRANSFORM(id) USING 'cat' AS (id INT) FROM range(0, 2, 1, 2)"))
  } finally {
    session.close()
  }
}
/** Of a test on a machine that is busy. */
const SEVERAL_STARTS: Millis = 10 * MINUTE_MS
const ANSWER = [{ id: 0 }, { id: 1 }]

describe.skipIf(sparkMissing !== undefined)(title('the Spark of the tests'), () => {
  it('is one for all who ask at once', async () => {
    const [one, other] = await Promise.all([sparkServer(), sparkServer()])
    expect(one).toEqual(other)
    expect(await executorsOf(one.ui, signal)).toEqual([{ id: 'driver', cores: 2 }])
    expect(await answerOf(one.connect)).toEqual(ANSWER)
  })
})

describe.skipIf(sparkMissing !== undefined)(title('a Spark of several processes'), () => {
  let spark: LocalSpark
  beforeAll(async () => void (spark = await startSpark({ workers: 2, cores: 1 })))
  afterAll(() => spark[Symbol.asyncDispose]())

  it('runs plans on its executors, which are processes of their own', async () => {
    expect(spark.executors()).toHaveLength(2)
    expect(await answerOf(spark.address)).toEqual(ANSWER)
  })

  it('ends an executor with its worker, and has another when that is back', async () => {
    const [first, second] = spark.executors()
    if (!first || !second) throw new Error('an executor is missing')
    await spark.kill('worker-1')
    await until(() => !isRunning(first) || !isRunning(second))
    expect(() => spark.check()).toThrow("Spark's worker-1 has ended")
    await spark.start('worker-1')
    await until(() => spark.executors().length === 2)
    expect(await answerOf(spark.address)).toEqual(ANSWER)
  })

  it('answers at the same address after a crash', async () => {
    await spark.kill('server')
    await spark.start('server')
    await spark.answers(signal)
    expect(await answerOf(spark.address)).toEqual(ANSWER)
  })

  it('leaves nothing behind', async () => {
    const ids = [...spark.processes.values(), ...spark.executors()]
    await spark[Symbol.asyncDispose]()
    await allGone(ids)
    expect(existsSync(spark.setup.folder)).toBe(false)
  })
})

describe.skipIf(sparkMissing !== undefined)(title('a Spark whose owner was killed'), () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'visor-killed-')), 'spark')
  afterAll(() => rmSync(join(folder, '..'), { recursive: true }))

  it('ends with it, and leaves nothing behind', async () => {
    const script = `
      import { startSpark } from '${join(import.meta.dirname, 'spark.ts')}'
      await startSpark({ folder: '${folder}' })`
    const owner = spawn(process.execPath, ['--input-type=module', '-e', script])
    onTestFinished(() => void owner.kill('SIGKILL'))
    await until(() => groupsIn(folder).length > 0)
    const ids = groupsIn(folder)
    owner.kill('SIGKILL')
    await allGone(ids)
    await until(() => !existsSync(folder))
  })
})

describe.skipIf(sparkMissing !== undefined)(title('visor spark'), () => {
  const state = mkdtempSync(join(tmpdir(), 'visor-state-'))
  const env = { XDG_STATE_HOME: state, XDG_CACHE_HOME: join(defaultCache(process.env), '..') }
  /** However long it takes: a start is work, and others may work too. */
  const spark = (args: readonly string[], more: Record<string, string> = {}): Promise<Outcome> => {
    const running = startVisor(['spark', ...args], { env: { ...env, ...more } })
    running.write('')
    return running.ended
  }
  const place = join(state, 'visor/spark/spark')
  // For when a test fails, or is killed.
  let guard: Guard | undefined
  beforeAll(() => void (guard = new Guard(place)))
  afterAll(async () => {
    await guard?.release()
    rmSync(state, { recursive: true })
  })
  const ids = (): ProcessId[] => groupsIn(place)

  it(
    'starts one though two ask at once, tells how it does, starts it again after a crash, and stops it',
    async () => {
      onTestFinished(async () => void (await spark(['stop'])))
      expect(await spark(['status'])).toMatchObject({
        exit: 1,
        out: expect.stringMatching(
          /^no Spark of `visor spark start` runs\n`visor spark start` starts one; .*\n$/
        )
      })
      const port = await freePort()
      const start = ['start', '--port', String(port), '--cores', '1', '--token', 'let-me-in']
      const both = await Promise.all([spark(start), spark(start)])
      const connect = `sc://127.0.0.1:${port}/;token=let-me-in`
      expect(both.filter(({ out }) => out.includes('runs: one process with 1 core'))).toHaveLength(1)
      expect(both.filter(({ out }) => out.includes('runs already: one process with 1 core'))).toHaveLength(1)
      for (const { exit, out } of both) {
        expect(exit).toBe(0)
        expect(out).toContain(`engine: { type: spark, connect: '${connect}' }`)
      }
      expect(await answerOf(connect)).toEqual(ANSWER)
      await expect(answerOf(`sc://127.0.0.1:${port}`)).rejects.toMatchObject({ code: 'SPARK_REFUSED' })

      const status = JSON.parse((await spark(['status', '--json'])).out)
      expect(status).toMatchObject({
        connect,
        answers: true,
        running: 1,
        processes: 1,
        executors: 1,
        totalCores: 1
      })

      const [server] = ids()
      if (!server) throw new Error('no server')
      process.kill(server.pid, 'SIGKILL')
      await allGone([server])
      const crashed = await spark(['status'])
      expect(crashed).toMatchObject({ exit: 1, out: expect.stringContaining('has ended') })
      const again = await spark(start)
      expect(again.out).toMatch(/runs: one process/)
      expect(await answerOf(connect)).toEqual(ANSWER)

      const running = ids()
      expect(await spark(['stop'])).toMatchObject({ exit: 0, out: 'one process has ended\n' })
      await allGone(running)
      expect(readdirSync(join(state, 'visor'))).toEqual(['spark.lock'])
      expect(await spark(['stop'])).toMatchObject({ exit: 0, out: 'no Spark of `visor spark start` runs\n' })
    },
    SEVERAL_STARTS
  )

  it('does not start where the port is taken', async () => {
    const { connect } = await sparkServer()
    const { exit, err } = await spark(['start', '--port', connect.split(':')[2] ?? ''], {
      XDG_STATE_HOME: join(state, 'other')
    })
    expect(exit).toBe(1)
    expect(err).toMatch(/port \d+ of 127\.0\.0\.1 is taken/)
  })
})
