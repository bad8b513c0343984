import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { until } from '../../../sources/testing/client.ts'
import { areEqual, compareRuns } from '../../parity/compare.ts'
import { packData, unpackRow } from '../pack.ts'
import type { AnswerRow, Job, WorkerTask } from '../protocol.ts'
import { readByTasks, runHere, type RunTask } from '../testing/arrivals.ts'
import { arrivalsOf, jobOf, randomCuts, randomLogs, randomSettings, streamsIn } from '../testing/logs.ts'
import { mergedRow } from './encode.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'visor-worker-'))
afterAll(() => rmSync(folder, { recursive: true }))

let jobs = 0
function fileOf(job: Job): string {
  const file = join(folder, `${jobs++}.json`)
  writeFileSync(file, JSON.stringify(job))
  return file
}

function rowsOf(text: string): AnswerRow[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map(line => {
      const [task, part, kind = '', payload = ''] = line.split('\t')
      return { task: Number(task), part: Number(part), kind, payload }
    })
}

const rowOf = async (task: WorkerTask, data: Uint8Array): Promise<string> =>
  `${JSON.stringify(task)}\t${Buffer.from(await packData(data)).toString('base64')}\n`

/** Runs a worker to its end. */
function run(mode: string, args: readonly string[], input: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, mode, ...args], {
    input,
    encoding: 'latin1',
    maxBuffer: 1 << 28
  })
  return { status, stdout, stderr }
}

const inProcess: RunTask = async (job, task, data) => {
  const { status, stdout, stderr } = run('count', [fileOf(job), '60000'], await rowOf(task, data))
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return rowsOf(stdout)
}

const [sample] = fc.sample(
  fc.tuple(
    randomLogs.filter(({ streams }) => streams.every(({ length }) => length > 500)),
    randomCuts.filter(({ arrivals }) => arrivals.length > 2 && arrivals.length < 6),
    randomSettings
  ),
  { numRuns: 1, seed: 14 }
)
const [log, cuts, settings] = sample!
const job = jobOf(log, settings)

describe('a process of the worker', () => {
  it('does what its tasks do in this process', async () => {
    const [streams, arrivals] = [streamsIn(log, settings), arrivalsOf(log, cuts)]
    const here = await readByTasks(job, streams, arrivals)
    const there = await readByTasks(job, streams, arrivals, inProcess)
    expect(here.delivered.read).toBeGreaterThan(0)
    const { limit, signals, events } = settings
    const compared = compareRuns(here.delivered, there.delivered, {
      limit,
      signals,
      lines: { a: events, b: events }
    })
    expect({ equal: areEqual(compared), states: there.states }).toEqual({ equal: true, states: here.states })
  })

  it('runs several tasks in order, and gives the same again', async () => {
    const tasks = log.streams.map((bytes, id) => ({ bytes, task: taskOf(id, bytes) }))
    const rows = await Promise.all(tasks.map(({ task, bytes }) => rowOf(task, bytes)))
    const input = rows.join('')
    const [first, second] = [0, 1].map(() => run('count', [fileOf(job), '60000'], input))
    const expected = await Promise.all(tasks.map(({ task, bytes }) => runHere(job, task, bytes)))
    // How a text is held in memory shows in its bytes, not in what they are read as; closing rows are of bytes.
    const values = (rows: readonly AnswerRow[]): unknown[] =>
      rows.filter(({ kind }) => kind !== 'end').map(row => ({ ...row, payload: unpackRow(row) }))
    expect(values(rowsOf(first!.stdout))).toEqual(values(expected.flat()))
    expect(second).toEqual(first)
  })

  it('merges counts, and passes on what is none', async () => {
    const rows = (
      await Promise.all(log.streams.map((bytes, id) => runHere(job, taskOf(id, bytes), bytes)))
    ).flat()
    const { status, stdout } = run(
      'merge',
      [fileOf(job), '60000'],
      rows.map(({ task, part, kind, payload }) => `${task}\t${part}\t${kind}\t${payload}\n`).join('')
    )
    const [counts, others] = [
      rows.filter(({ kind }) => kind === 'counts'),
      rows.filter(({ kind }) => kind !== 'counts')
    ]
    const found = rowsOf(stdout)
    expect({ status, others: found.slice(0, -1) }).toEqual({ status: 0, others })
    expect(unpackRow(found.at(-1)!)).toEqual(unpackRow(mergedRow(job.plan, 0, counts)))
  })

  it('tells of the place where it runs, and which brokers answer there', () => {
    const options = { type: 'kafka', brokers: ['127.0.0.1:1'], topics: ['logs'] }
    const sources = [...job.plan.sources, { name: 'logs', options, known: [] }]
    const { stdout } = run('probe', [fileOf({ ...job, plan: { ...job.plan, sources } }), '60000'], 'x\ny\n')
    const rows = rowsOf(stdout)
    expect(rows).toHaveLength(2)
    const problem = expect.stringContaining('Kafka at 127.0.0.1:1 does not answer')
    expect(unpackRow(rows[0]!)).toMatchObject({ node: process.version, sources: [{ name: 'logs', problem }] })
  })
})

function taskOf(id: number, bytes: Uint8Array): WorkerTask {
  const segment = { source: 'web', stream: `s${id}`, name: 's', finished: true, replayable: false }
  const segments = [{ ...segment, position: { offset: 0 }, from: { bytes: bytes.length } }]
  return { id, name: `t${id}`, now: 0, segments }
}

describe('a process of the worker ends', async () => {
  const file = fileOf(job)
  const task = taskOf(3, Buffer.alloc(3))
  it.each([
    ['half a row', '{}', 'the last row of its input has no end behind 2 bytes'],
    ['a row that is no task', 'hello\tAAAA\n', 'a row of its input is no task; it begins with "hello"'],
    [
      'other bytes than it asks for',
      await rowOf(task, Buffer.alloc(2)),
      'task 3 should come with 3 bytes, and has 2'
    ],
    [
      'another source',
      await rowOf(
        { ...task, segments: task.segments.map(one => ({ ...one, source: 'else' })) },
        Buffer.alloc(3)
      ),
      'there is no source else in the plan'
    ]
  ])('with 1 and a reason when it gets %s', (_, input, reason) => {
    const { status, stderr, stdout } = run('count', [file, '60000'], input)
    expect({ status, stderr, stdout }).toEqual({
      status: 1,
      stderr: expect.stringContaining(`visor worker: ${reason}`),
      stdout: ''
    })
  })

  it('with 1 and a reason when its job file is missing, or its mode is none', () => {
    expect(run('count', [join(folder, 'none'), '60000'], '')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('ENOENT')
    })
    expect(run('counts', [], '')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('no mode "counts"')
    })
  })

  /** A task whose answer fills any pipe. */
  const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, i) => `${i} is no line of a log\n`).join(''))
  const row = join(folder, 'row')
  writeFileSync(row, await rowOf(taskOf(0, bytes), bytes))
  const few = join(folder, 'few')
  writeFileSync(few, await rowOf(taskOf(0, bytes.subarray(0, 100)), bytes.subarray(0, 100)))

  /** Runs a line of shell that says `code N` at the end; pipes of a shell are pipes, unlike those of Node. */
  async function shell(line: (worker: string) => string, time: number): Promise<string> {
    const worker = `"${process.execPath}" "${MAIN}" count "${file}" ${time}; echo "code $?" >&2`
    const child = spawn('sh', ['-c', line(worker)], { detached: true })
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    await until(() => /code \d+/.test(said))
    process.kill(-child.pid!, 'SIGKILL')
    return said
  }

  const late = 'visor worker: it has not come to its end within its time\ncode 3\n'

  it('when its time is over while it waits for more', async () => {
    expect(await shell(worker => `sleep 100 | { ${worker}; }`, 100)).toBe(late)
  })

  it('when its time is over while nobody takes what it writes', async () => {
    expect(await shell(worker => `cat "${row}" | { ${worker}; } | sleep 100`, 4000)).toBe(late)
  })

  it('when its reader is gone', async () => {
    const gone = 'visor worker: nobody reads what it writes\ncode 4\n'
    expect(
      await shell(worker => `{ cat "${few}"; sleep 100; } | { sleep 1; ${worker}; } | true`, 60_000)
    ).toBe(gone)
  })

  it('when who started it is gone', async () => {
    const line = `{ cat "${few}"; sleep 100; } | "${process.execPath}" "${MAIN}" count "${file}" 60000 & echo "pid $!"; wait`
    const child = spawn('sh', ['-c', line], { detached: true })
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
    await until(() => said.includes('\tend\t'))
    const pid = Number(/pid (\d+)/.exec(said)?.[1])
    expect(isRunning(pid)).toBe(true)
    child.kill('SIGKILL')
    await until(() => !isRunning(pid))
    process.kill(-child.pid!, 'SIGKILL')
  })
})

function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
  return stdout.trim() !== '' && !stdout.startsWith('Z')
}
