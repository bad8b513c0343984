/** Lines that a rule mails about, and the SMTP server that takes their mails, in this process. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { SMTPServer } from 'smtp-server'
import { portOf } from '../src/notifiers/testing/port.ts'
import { clf } from '../test/clf.ts'

/** How many mails came, and how long they took in milliseconds, from before their line was written until the server had them. */
export interface MailTimes {
  readonly mails: number
  readonly missing: number
  readonly twice: number
  readonly first: number
  at(share: number): number
}

export class Alarms {
  readonly #server: SMTPServer
  readonly #written = new Map<string, number>()
  readonly #taken: number[] = []
  #twice = 0

  private constructor() {
    this.#server = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      logger: false,
      onData: (stream, _session, done) => {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('end', () => {
          done()
          this.#take(Buffer.concat(chunks).toString('latin1').replaceAll('=\r\n', ''))
        })
      }
    })
  }

  static async open(): Promise<Alarms> {
    const alarms = new Alarms()
    alarms.#server.listen(0, '127.0.0.1')
    await once(alarms.#server.server, 'listening')
    return alarms
  }

  get port(): number {
    return portOf(this.#server.server)
  }

  /** Writes a configuration in which each alarm of the source `web` is one mail; `port`: where the server is for Visor. */
  configure(
    folder: string,
    { port = this.port, ...rest }: { port?: number; sources: object; engine?: object }
  ): string {
    const config = {
      ...rest,
      page: { port: 0 },
      store: { path: join(folder, 'store') },
      alerts: {
        receivers: ['rest'],
        rules: {
          alarm: {
            type: 'match',
            where: 'source:web AND path:\\/alarm\\/*',
            by: ['path'],
            groupBy: ['path'],
            receivers: ['ops']
          }
        }
      },
      receivers: {
        ops: {
          type: 'email',
          host: '127.0.0.1',
          port,
          secure: 'none',
          from: 'visor@example.org',
          to: ['ops@example.org'],
          rateLimit: { count: 1_000_000, per: '1h' }
        },
        rest: { type: 'mailbox' }
      }
    }
    const file = join(folder, 'visor.json')
    writeFileSync(file, JSON.stringify(config))
    return file
  }

  /** Writes so many lines, one alarm each, `pause` milliseconds apart at random, and waits up to ten seconds for the last mails. */
  async raise(
    count: number,
    write: (line: string) => unknown,
    pause = { least: 40, most: 100 }
  ): Promise<MailTimes> {
    for (let i = 0; i < count; i++) {
      await wait(pause.least + Math.random() * (pause.most - pause.least))
      this.#written.set(String(i), performance.now())
      await write(`192.0.2.7 - - [${clf(new Date())}] "GET /alarm/${i} HTTP/1.1" 200 12 "-" "bench"\n`)
    }
    for (let patience = 0; this.#written.size > 0 && patience < 100; patience++) await wait(100)
    const sorted = this.#taken.toSorted((a, b) => a - b)
    return {
      mails: sorted.length,
      missing: this.#written.size,
      twice: this.#twice,
      first: this.#taken[0] ?? NaN,
      at: share => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? NaN
    }
  }

  async close(): Promise<void> {
    await new Promise<void>(done => this.#server.close(done))
  }

  #take(text: string): void {
    const id = /\/alarm\/(\d+)/.exec(text)?.[1]
    const began = id === undefined ? undefined : this.#written.get(id)
    if (id === undefined || began === undefined) this.#twice++
    else {
      this.#written.delete(id)
      this.#taken.push(performance.now() - began)
    }
  }
}

export function startVisor(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['bin/visor.js', ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Starts a Visor that watches; resolves when its page is there. */
export async function watch(config: string): Promise<ChildProcess> {
  const watching = startVisor('watch', '--config', config)
  await new Promise<void>(done => watching.stdout?.on('data', data => /live at/.test(String(data)) && done()))
  return watching
}

export async function stop(...processes: readonly (ChildProcess | undefined)[]): Promise<void> {
  for (const process of processes)
    if (process) {
      process.kill('SIGTERM')
      await once(process, 'exit')
    }
}
