import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  existsSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { oneOf, type Random } from '../../src/generator/random.ts'
import { numberedLine } from './numbers.ts'

/** Why no log can be rotated as Debian does it; `undefined` where it can. */
export const logrotateMissing =
  spawnSync('logrotate', ['--version']).error === undefined ? undefined : 'no logrotate on this machine'

/** How a log is rotated, drawn at random. */
interface Rotation {
  readonly copies: boolean
  readonly settings: readonly string[]
  /** Seconds for which gzip rests in the middle of its output. */
  readonly slowness: number
}

function rotationOf(random: Random): Rotation {
  const copies = random() < 0.6
  const compresses = random() < 0.8
  const delays = compresses && random() < 0.3
  const dated = random() < 0.5
  const settings = [
    copies ? 'copytruncate' : 'create 0644',
    ...(dated ? ['dateext', 'dateformat -%Y%m%d-%s'] : []),
    ...(compresses ? ['compress'] : ['nocompress']),
    ...(delays ? ['delaycompress'] : []),
    ...(random() < 0.5 ? ['sharedscripts'] : [])
  ]
  return { copies, settings, slowness: oneOf(random, [0, 0, 0.2, 1.5]) }
}

/** A log with numbered lines that a server writes and the system's logrotate rotates. */
export class RotatedLog {
  readonly path: string
  readonly rotation: Rotation
  lines = 0
  rotations = 0
  readonly #folder: string
  #fd: number
  #stands = false

  constructor(folder: string, random: Random) {
    this.#folder = folder
    this.path = join(folder, 'access.log')
    this.rotation = rotationOf(random)
    this.#fd = openSync(this.path, 'a')
    this.#configure()
  }

  /** Appends lines, unless a copy is made that would not have them: whatever comes between copy and truncation is lost. */
  append(count: number, padding: number): void {
    if (existsSync(this.#reopen)) {
      closeSync(this.#fd)
      this.#fd = openSync(this.path, 'a')
      rmSync(this.#reopen)
    }
    if (this.#stands && statSync(this.path).size > 0) return
    this.#stands = false
    let text = ''
    for (let i = 0; i < count; i++) text += numberedLine(this.lines++, padding)
    writeSync(this.#fd, text)
  }

  /** Rotates once; resolves when logrotate has ended, its compression too. */
  async rotate(): Promise<void> {
    this.append(1, 0)
    this.#stands = this.rotation.copies
    const state = join(this.#folder, 'logrotate.state')
    const child = spawn('logrotate', ['-f', '-s', state, join(this.#folder, 'logrotate.conf')])
    let said = ''
    child.stderr.on('data', (data: Buffer) => (said += data.toString()))
    const code = await new Promise(done => child.on('close', done))
    this.#stands = false
    if (code !== 0) throw new Error(`logrotate ended with ${String(code)}: ${said}`)
    this.rotations++
    // Names with a date differ by seconds.
    if (this.rotation.settings.includes('dateext')) await wait(1000)
  }

  close(): void {
    this.append(0, 0)
    closeSync(this.#fd)
  }

  get #reopen(): string {
    return join(this.#folder, 'reopen')
  }

  #configure(): void {
    const slow = join(this.#folder, 'slow-gzip')
    const { settings, slowness } = this.rotation
    writeFileSync(
      slow,
      `#!/bin/sh\ngzip "$@" | { dd bs=3000 count=1 2>/dev/null; sleep ${slowness}; cat; }\n`
    )
    chmodSync(slow, 0o755)
    const lines = [
      'rotate 10000',
      'notifempty',
      ...settings,
      ...(slowness > 0 ? [`compresscmd ${slow}`] : []),
      'postrotate',
      // A server that is told to open its log anew has done so before anything is compressed.
      ...(this.rotation.copies
        ? ['true']
        : [`touch ${this.#reopen}`, `while [ -e ${this.#reopen} ]; do sleep 0.01; done`]),
      'endscript'
    ]
    writeFileSync(join(this.#folder, 'logrotate.conf'), `${this.path} {\n${lines.join('\n')}\n}\n`, {
      mode: 0o644
    })
  }
}
