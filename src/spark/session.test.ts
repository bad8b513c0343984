import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SECOND_MS } from '../core/time.ts'
import { sparkMissing, sparkServer } from '../../test/spark.ts'
import { parseSparkAddress } from './address.ts'
import { ClusterView } from './cluster.ts'
import { SparkError } from './problem.ts'
import {
  aliasOf,
  localRelation,
  queryPlan,
  read,
  repartition,
  sql,
  sqlOver,
  write,
  type SparkRelation
} from './relation.ts'
import { SparkSession } from './session.ts'

const FORMAT = "ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t'"
const texts = (...values: string[]): SparkRelation => localRelation({ v: { type: 'text', values } })

/** Rows of a relation through a program. */
function through(command: string, input: SparkRelation): SparkRelation {
  const alias = aliasOf('input')
  const query = `SELECT TRANSFORM(v) ${FORMAT} USING '${command}' AS (line STRING) ${FORMAT} FROM ${alias}`
  return sqlOver(query, { [alias]: input })
}

describe.skipIf(sparkMissing !== undefined)(`a session${sparkMissing ? `: ${sparkMissing}` : ''}`, () => {
  let at: string
  let session: SparkSession
  const open = (name: string): Promise<SparkSession> => SparkSession.open(parseSparkAddress(at), { name })
  const problem = async (act: Promise<unknown>): Promise<SparkError> => {
    const error: unknown = await act.then(
      () => undefined,
      (error: unknown) => error
    )
    if (error instanceof SparkError) return error
    throw new Error('no SparkError', { cause: error })
  }

  beforeAll(async () => {
    at = (await sparkServer()).connect
    session = await open(randomUUID())
    await session.set({ 'spark.sql.chunkBase64String.enabled': 'false' })
  })
  afterAll(() => session.release())

  it('knows the version, and keeps its configuration to itself', async () => {
    expect(session.version).toMatch(/^[4-9]\./)
    const other = await open(randomUUID())
    const key = 'spark.sql.shuffle.partitions'
    await other.set({ [key]: '77' })
    expect(await other.get([key, 'visor.nothing'])).toEqual({ [key]: '77' })
    expect(await session.get([key])).not.toEqual({ [key]: '77' })
    await other.release()
  })

  it('goes on by its name, and with the next of that name when the server has closed it', async () => {
    const name = randomUUID()
    const one = await open(name)
    await one.set({ 'spark.sql.shuffle.partitions': '13' })
    one.close()
    const again = await open(name)
    expect([again.id, again.serverSession]).toEqual([one.id, one.serverSession])
    expect(await again.get(['spark.sql.shuffle.partitions'])).toEqual({
      'spark.sql.shuffle.partitions': '13'
    })
    await again.release()
    const next = await open(name)
    expect(next.id).not.toBe(one.id)
    // Who still has the closed one is told to open another.
    const late = await SparkSession.open(parseSparkAddress(`${at}/;session_id=${next.id}`), { name })
    await next.release()
    expect(await problem(late.query(sql('SELECT 1')))).toMatchObject({ kind: 'session', code: 'SPARK' })
    late.close()
  })

  it('asks with values that change nothing of the query', async () => {
    const value = `it's "x"; DROP TABLE t -- \\ \u{1f600}`
    const query = 'SELECT :text AS text, :count AS count, :share AS share, :flag AS flag, NULL AS none'
    const [row] = await session.query(sql(query, { text: value, count: 2 ** 40, share: 0.5, flag: true }))
    expect(row).toEqual({ text: value, count: 2n ** 40n, share: 0.5, flag: true, none: null })
  })

  it('tells the columns of a plan, or what is wrong with it, without running it', async () => {
    const columns = await session.columns(
      sql("SELECT 1 AS a, 'x' AS b, raise_error('no') AS c, array(1) AS d")
    )
    expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'a integer',
      'b string',
      'c null',
      'd array'
    ])
    const wrong = await problem(session.columns(sql('SELECT nothing')))
    expect(wrong).toMatchObject({
      kind: 'plan',
      code: 'SPARK_PLAN',
      errorClass: expect.stringMatching(/^UNRESOLVED/)
    })
    expect(wrong.message).toMatch(/^sc:\/\/127\.0\.0\.1:\d+: A column.*`nothing` cannot be resolved/)
  })

  it('brings bytes to programs as they are', async () => {
    const values = [
      Buffer.alloc(0),
      Buffer.from([0, 9, 10, 13, 92, 255, 254]),
      Buffer.from('\\N'),
      Buffer.from('caf\xe9 \u2028', 'latin1'),
      ...Array.from({ length: 200 }, (_, i) => randomBytes(i)),
      randomBytes(3 << 20)
    ]
    const alias = aliasOf('input')
    const input = localRelation({
      id: { type: 'int', values: Int32Array.from(values.keys()) },
      data: { type: 'bytes', values }
    })
    const command =
      'while IFS="\t" read -r id data; do echo "$id\t$(echo "$data" | base64 -d | sha1sum)"; done'
    const query = `SELECT TRANSFORM(id, base64(data)) ${FORMAT} USING '${command}' AS (id INT, sum STRING) ${FORMAT} FROM ${alias}`
    const rows = await session.query(sqlOver(query, { [alias]: input }))
    const sums = values.map((value, id) => ({ id, sum: createHash('sha1').update(value).digest('hex') }))
    expect(rows.map(({ id, sum }) => ({ id, sum: String(sum).slice(0, 40) }))).toEqual(sums)
  })

  it('deals rows out to tasks in their order, as many as the session says', async () => {
    const values = Array.from({ length: 9 }, (_, i) => `row ${i}`)
    const command = 'echo "program $$"; cat'
    await session.set({ 'spark.sql.leafNodeDefaultParallelism': '4' })
    const rows = (await session.query(through(command, texts(...values)))).map(({ line }) => String(line))
    await session.set({ 'spark.sql.leafNodeDefaultParallelism': '2' })
    expect(rows.filter(line => line.startsWith('row'))).toEqual(values)
    expect(new Set(rows.filter(line => line.startsWith('program')))).toHaveProperty('size', 4)
    const shuffled = await session.query(through('cat', repartition(texts(...values), 3)))
    expect(new Set(shuffled.map(({ line }) => line))).toEqual(new Set(values))
  })

  it('runs plans side by side', async () => {
    const plans = Array.from({ length: 6 }, (_, i) => session.query(through('cat', texts(`plan ${i}`))))
    const rows = await Promise.all(plans)
    expect(rows).toEqual(Array.from({ length: 6 }, (_, i) => [{ line: `plan ${i}` }]))
  })

  it.each([
    [
      'cat > /dev/null; echo "visor worker: no such format" >&2; sleep 0.3; exit 3',
      3,
      'visor worker: no such format'
    ],
    ['./nowhere/node worker.mjs', 127, 'No such file or directory'],
    ['kill -9 $$', 137, 'killed by signal 9']
  ])('says what a program said that failed: %s', async (command, status, message) => {
    const failed = await problem(session.query(through(command, texts('x'))))
    expect(failed).toMatchObject({ kind: 'task', code: 'SPARK_PLAN', status })
    expect(failed.message).toContain(message)
    expect(failed.detail).toContain(`Subprocess exited with status ${status}`)
  })

  it('takes an artifact again, of any size, but no other bytes by its name', async () => {
    const artifacts = new Map([
      ['empty', Buffer.alloc(0)],
      ['one', Buffer.from('x')],
      ['chunks', randomBytes(100_000)]
    ])
    for (const [name, bytes] of artifacts)
      for (let i = 0; i < 2; i++) await session.upload(`files/${name}`, bytes)
    const names = [...artifacts.keys()]
    const command = `while read -r name; do sha1sum < "./${session.serverSession}/$name"; done`
    const rows = await session.query(through(command, texts(...names)))
    expect(rows.map(({ line }) => String(line).slice(0, 40))).toEqual(
      [...artifacts.values()].map(bytes => createHash('sha1').update(bytes).digest('hex'))
    )
    expect(await problem(session.upload('files/one', Buffer.from('y')))).toMatchObject({ kind: 'plan' })
  })

  it('ends a plan by its tag, by a signal, by its time, or when it is left', async () => {
    // Not longer: programs go on when their plan ends, and hold a core.
    const slow = (options: object): Promise<unknown> => session.query(through('sleep 2', texts('x')), options)
    const tagged = problem(slow({ tag: 'mine' }))
    while ((await session.interrupt('mine')) === 0);
    expect(await tagged).toMatchObject({ kind: 'task', errorClass: 'OPERATION_CANCELED' })
    await expect(slow({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
    await expect(problem(slow({ timeout: 200 }))).resolves.toMatchObject({ kind: 'connection' })
    const controller = new AbortController()
    const left = slow({ signal: controller.signal, tag: 'left' })
    controller.abort(new Error('left'))
    await expect(left).rejects.toThrow('left')
    while ((await session.interrupt('left')) > 0);
  })

  it('tells how far a plan is', async () => {
    const seen: number[] = []
    const onProgress = ({ tasks }: { tasks: number }): unknown => seen.push(tasks)
    await session.query(through('cat; sleep 5', texts('x', 'y')), { onProgress })
    expect(Math.max(...seen)).toBe(2)
  })

  it('writes files by day and reads them again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'visor-parquet-'))
    const path = join(folder, 'archive')
    const rows = sql("SELECT id, concat('2026-01-0', id % 2 + 1) AS day FROM range(10)")
    const options = { format: 'parquet', path, partitionBy: ['day'] }
    await session.run(write(rows, { ...options, mode: 'append' }))
    expect(readdirSync(path).filter(name => name.startsWith('day='))).toEqual([
      'day=2026-01-01',
      'day=2026-01-02'
    ])
    const again = await problem(session.run(write(rows, { ...options, mode: 'error' })))
    expect(again).toMatchObject({ kind: 'plan', errorClass: 'PATH_ALREADY_EXISTS' })
    const found = await session.query(
      sqlOver(
        'SELECT count(*) AS n, sum(id) AS sum FROM old WHERE day = :day',
        { old: read('parquet', { paths: [path] }) },
        { day: '2026-01-02' }
      )
    )
    expect(found).toEqual([{ n: 5n, sum: 25n }])
    rmSync(folder, { recursive: true })
  })

  it('counts the bytes of an answer', async () => {
    const { rows, bytes } = await session.run(queryPlan(sql("SELECT repeat('x', 1000000) AS x")))
    expect(rows).toHaveLength(1)
    expect(bytes).toBeGreaterThan(1e6)
  })

  it('refuses by itself what no server takes', async () => {
    const data = Buffer.alloc(128 << 20)
    const large = localRelation({ data: { type: 'bytes', values: [data] } })
    expect(await problem(session.query(large))).toMatchObject({ kind: 'plan' })
  })

  it('knows executors and cores', async () => {
    const view = new ClusterView(session, () => 0)
    const found = await view.look()
    expect(found).toMatchObject({ executors: 1, cores: 2 })
    expect(found.page).toBe((await sparkServer()).ui)
    // Where nobody shows Spark's pages, Spark itself is asked; where a session says how many, nobody knows.
    const dark = await open(randomUUID())
    const hidden = new ClusterView(dark, () => -Infinity)
    expect(await hidden.look()).toEqual({ cores: 2 })
    await dark.set({ 'spark.sql.leafNodeDefaultParallelism': '64' })
    expect(await new ClusterView(dark, () => -Infinity).look()).toEqual({})
    await dark.release()
  })

  it('lets nobody wait for more than the time of a call', async () => {
    await expect(problem(session.greet({ timeout: 0.001 * SECOND_MS }))).resolves.toMatchObject({
      kind: 'connection'
    })
    await session.greet()
  })
})
