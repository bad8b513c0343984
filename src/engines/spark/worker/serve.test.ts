import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { processId } from '../../../local/process-id.ts'
import { kitCommand, servedCommand, type Kit } from '../../../spark/kit.ts'
import { until } from '../../../sources/testing/client.ts'
import { packData } from '../pack.ts'
import type { Job, WorkerTask } from '../protocol.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const JOB: Job = {
  plan: {
    name: '',
    sources: [{ name: 'web', options: { type: 'stdin' }, known: [], zone: 'UTC', format: 'common' }],
    window: 10_000_000,
    lateness: 60_000_000,
    aging: true,
    country: false,
    limit: 1000,
    signals: []
  },
  events: true
}
const KIT: Kit = {
  hash: '',
  artifact: { name: '', holds: '', read: async () => new Uint8Array() },
  node: { sent: false, name: process.execPath }
}
/** Of a task whose rows do not come. */
const NEVER = 'never'
const LATE = 'visor worker: it has not come to its end within its time\n'

const lines = (count: number): string =>
  Array.from(
    { length: count },
    (_, i) => `10.0.0.${i} - - [17/May/2025:10:00:03 +0000] "GET /${i} HTTP/1.1" 200 7\n`
  ).join('')

async function rowOf(id: number, text: string): Promise<string> {
  const bytes = Buffer.from(text)
  const task: WorkerTask = {
    id,
    name: `t${id}`,
    now: 0,
    segments: [
      {
        source: 'web',
        stream: 's',
        name: 's',
        finished: true,
        replayable: false,
        position: { offset: 0 },
        from: { bytes: bytes.length }
      }
    ]
  }
  return `${JSON.stringify(task)}\t${Buffer.from(await packData(bytes)).toString('base64')}\n`
}

interface Ended {
  readonly code: number
  readonly rows: string
  readonly said: string
}

/** A shell that starts tasks as an executor of Spark does: with pipes of the system on both sides. */
class Executor {
  readonly folder = mkdtempSync(join(tmpdir(), 'visor-serve-'))
  readonly rooms = join(this.folder, 'session/kit/serving')
  readonly process: ChildProcess
  #count = 0
  #told = ''

  constructor() {
    const kit = join(this.folder, 'session/kit')
    mkdirSync(kit, { recursive: true })
    writeFileSync(join(kit, 'worker.mjs'), `import ${JSON.stringify(join(HERE, 'main.ts'))}\n`)
    writeFileSync(join(kit, 'launch.sh'), readFileSync(join(HERE, 'launch.sh')))
    writeFileSync(join(this.folder, 'job.json'), JSON.stringify(JOB))
    this.process = spawn('bash', { cwd: this.folder, detached: true })
    this.process.stdin?.write(`mkfifo ${NEVER}; exec 7<>${NEVER}\n`)
    this.process.stdout?.on('data', (chunk: Buffer) => (this.#told += chunk.toString()))
  }

  /** Begins a task; `from` is what writes its rows, `to` what reads its answer. */
  start(
    from: string,
    { to = 'cat', command = servedCommand, time = 60_000, behind = '' } = {}
  ): Promise<Ended> {
    const n = this.#count++
    const line = command(KIT, 'session', 'count', './job.json', String(time))
    const input = from === NEVER ? NEVER : `<(${from})`
    const task = `bash -c 'echo $$ >launcher-${n}; ${line}' < ${input} 2>said-${n} | ${to} >rows-${n}`
    this.process.stdin?.write(`{ ${task}; echo "ended ${n} \${PIPESTATUS[0]}"; } ${behind}\n`)
    return until(() => {
      const code = new RegExp(`ended ${n} (\\d+)\n`).exec(this.#told)?.[1]
      return (
        code !== undefined && {
          code: Number(code),
          rows: this.#read(`rows-${n}`),
          said: this.#read(`said-${n}`)
        }
      )
    })
  }

  async run(...rows: readonly string[]): Promise<Ended> {
    writeFileSync(join(this.folder, 'input'), rows.join(''))
    return this.start('cat input')
  }

  /** Runs a task so many times, one after the other, beside others: the code that each ended with, and what it said. */
  again(row: string, times: number): Promise<string[]> {
    const n = this.#count++
    writeFileSync(join(this.folder, `input-${n}`), row)
    const line = servedCommand(KIT, 'session', 'count', './job.json', '10000')
    const task = `bash -c '${line}' < <(cat input-${n}) 2>said-${n} | cat >rows-${n}`
    const end = `echo "\${PIPESTATUS[0]} $(<said-${n})"`
    // It stays when it is done: workers end with the process that has started them.
    this.process.stdin?.write(
      `{ for i in {1..${times}}; do ${task}; ${end}; done >codes-${n}; read -u 7; } &\n`
    )
    return until(() => {
      const ended = existsSync(join(this.folder, `codes-${n}`)) ? this.#read(`codes-${n}`).split('\n') : []
      return ended.length > times && ended.slice(0, -1)
    })
  }

  /** The shell of a task that has begun. */
  launcher(n: number): Promise<number> {
    return until(() => existsSync(join(this.folder, `launcher-${n}`)) && Number(this.#read(`launcher-${n}`)))
  }

  /** The workers that have stayed, or are busy. */
  get workers(): number[] {
    if (!existsSync(this.rooms)) return []
    return readdirSync(this.rooms).flatMap(room => {
      const file = join(this.rooms, room, 'pid')
      return existsSync(file) ? Number(readFileSync(file, 'utf8')) : []
    })
  }

  end(): void {
    try {
      process.kill(-this.process.pid!, 'SIGKILL')
    } catch {}
    rmSync(this.folder, { recursive: true, force: true })
  }

  #read(name: string): string {
    return readFileSync(join(this.folder, name), 'latin1')
  }
}

describe.skipIf(process.platform !== 'linux')('a worker that stays for the next task', () => {
  let executor: Executor
  const begin = (): Executor => (executor = new Executor())
  afterEach(() => executor.end())

  it('gives what one gives that was started for the task alone, each time', async () => {
    const { run, workers } = bound(begin())
    const rows = await Promise.all([lines(3), lines(200), 'no line\n'].map((text, id) => rowOf(id, text)))
    const served: Ended[] = []
    for (const row of [...rows, rows[0]!]) served.push(await run(row))
    const [worker] = workers()
    expect(workers()).toEqual([worker])
    writeFileSync(join(executor.folder, 'input'), rows[1]!)
    const alone = await executor.start('cat input', { command: kitCommand })
    expect(alone).toMatchObject({ code: 0, said: '', rows: expect.stringContaining('\tend\t') })
    expect(served[1]).toEqual(alone)
    expect(served[3]).toEqual(served[0])
    expect(served[2]).toMatchObject({ code: 0, said: '' })
    expect(workers()).toEqual([worker])
  })

  it('is one of two where two tasks run at once', async () => {
    const { run, workers } = bound(begin())
    await run(await rowOf(0, lines(1)))
    const [first] = workers()
    void executor.start(NEVER, { behind: '&' })
    await until(() => existsSync(join(executor.rooms, readdirSync(executor.rooms)[0]!, 'taken')))
    expect(await run(await rowOf(1, lines(2)))).toMatchObject({ code: 0, said: '' })
    expect(workers()).toHaveLength(2)
    expect(workers()).toContain(first)
  })

  it('answers each of those that ask at once, and nobody takes the answer of another', async () => {
    const { again, workers } = bound(begin())
    const row = await rowOf(1, lines(1))
    const ended = await Promise.all([1, 2, 3].map(() => again(row, 25)))
    expect(new Set(ended.flat())).toEqual(new Set(['0 ']))
    // Each is free before the next task of its shell begins.
    expect(workers().length).toBeLessThanOrEqual(3)
  })

  it('ends with a task that fails, and says why', async () => {
    const { run, workers } = bound(begin())
    await run(await rowOf(0, lines(1)))
    const [worker] = workers()
    const failed = await run('hello\tAAAA\n')
    expect(failed).toMatchObject({ code: 1, rows: '' })
    expect(failed.said).toContain('a row of its input is no task; it begins with "hello"')
    await until(() => !isRunning(worker!))
    expect(await run(await rowOf(1, lines(1)))).toMatchObject({ code: 0, said: '' })
    expect(workers()).not.toContain(worker)
  })

  it('ends when the time of its task is over', async () => {
    begin()
    expect(await executor.start(NEVER, { time: 300 })).toEqual({ code: 3, rows: '', said: LATE })
    await until(() => executor.workers.length === 0)
  })

  it('ends when nobody reads what it writes', async () => {
    begin()
    writeFileSync(join(executor.folder, 'input'), await rowOf(0, lines(1)))
    const { code, said } = await executor.start('sleep 1; cat input; sleep 60', { to: 'true' })
    expect({ code, said }).toEqual({ code: 4, said: 'visor worker: nobody reads what it writes\n' })
  })

  it('that is killed fails its task, and is followed by another', async () => {
    const { run, workers } = bound(begin())
    const running = executor.start(NEVER, { time: 60_000 })
    const worker = await until(() => workers()[0])
    await until(() => isRunning(worker))
    process.kill(worker, 'SIGKILL')
    expect(await running).toMatchObject({ code: 5, said: expect.stringContaining('it has ended or hangs') })
    expect(await run(await rowOf(0, lines(1)))).toMatchObject({ code: 0 })
    expect(workers()).not.toContain(worker)
  })

  it('that hangs is killed when the time of its task is long over', async () => {
    const { run, workers } = bound(begin())
    await run(await rowOf(0, lines(1)))
    const [worker] = workers()
    process.kill(worker!, 'SIGSTOP')
    expect(await executor.start(NEVER, { time: 1 })).toMatchObject({ code: 5 })
    await until(() => !isRunning(worker!))
  })

  it('ends when who asked it is gone', async () => {
    const { run, workers } = bound(begin())
    await run(await rowOf(0, lines(1)))
    const [worker] = workers()
    void executor.start(NEVER)
    const launcher = await executor.launcher(1)
    await until(() => existsSync(join(executor.rooms, readdirSync(executor.rooms)[0]!, 'taken')))
    process.kill(launcher, 'SIGKILL')
    await until(() => !isRunning(worker!) && readdirSync(executor.rooms).length === 0)
  })

  it('is free again when who took it is gone before he asked', async () => {
    const { run, workers } = bound(begin())
    const { rows } = await run(await rowOf(0, lines(1)))
    const [worker] = workers()
    const taken = join(executor.rooms, readdirSync(executor.rooms)[0]!, 'taken')
    writeFileSync(taken, String(await executor.launcher(0)))
    await until(() => !existsSync(taken))
    expect((await run(await rowOf(0, lines(1)))).rows).toBe(rows)
    expect(workers()).toEqual([worker])
  })

  it.each([['busy'], ['idle']])('ends with its executor when it is %s', async state => {
    const { run, workers } = bound(begin())
    await run(await rowOf(0, lines(1)))
    const [worker] = workers()
    if (state === 'busy') void executor.start(NEVER)
    executor.process.kill('SIGKILL')
    await until(() => !isRunning(worker!))
  })

  it('is not asked where there are no pipes that it could use', async () => {
    begin()
    writeFileSync(join(executor.folder, 'input'), await rowOf(0, lines(1)))
    expect(await executor.start(':', { to: 'cat' })).toMatchObject({ code: 0, rows: '' })
    const line = servedCommand(KIT, 'session', 'count', './job.json', '60000')
    executor.process.stdin?.write(`bash -c '${line}' <input >rows-file; echo "file $?"\n`)
    await until(
      () =>
        existsSync(join(executor.folder, 'rows-file')) &&
        readFileSync(join(executor.folder, 'rows-file'), 'latin1').includes('\tend\t')
    )
    expect(executor.workers).toHaveLength(1)
  })
})

/** Its methods as functions. */
function bound(executor: Executor) {
  return {
    run: (...rows: string[]) => executor.run(...rows),
    again: (row: string, times: number) => executor.again(row, times),
    workers: () => executor.workers
  }
}

const isRunning = (pid: number): boolean => processId(pid) !== undefined
