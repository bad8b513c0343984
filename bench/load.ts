/**
 * A steady load, generator to file to store and page: node bench/load.ts [LINES_A_SECOND] [SECONDS]
 * Prints each five seconds what the page would show: lines read, bytes behind, memory of the monitor; and at the end whether all
 * lines are there.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Status } from '../src/server/api-types.ts'

const [rate = '300000', seconds = '60'] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'visor-bench-'))
const log = join(folder, 'access.log')
writeFileSync(log, '')

function visor(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['bin/visor.js', ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
}

const watching = visor('watch', log, '--format', 'combined', '--port', '0', '--store', join(folder, 'store'))
const address = await new Promise<string>(done =>
  watching.stdout?.on('data', data => {
    const found = /live at (\S+)/.exec(String(data))
    if (found?.[1]) done(found[1])
  })
)
// A page that looks on, as the live feed counts.
const page = await fetch(`${address}api/live`)
void page.body?.pipeTo(new WritableStream()).catch(() => {})

const status = async (): Promise<Status> => JSON.parse(await (await fetch(`${address}api/status`)).text())
const memory = (): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${watching.pid}/status`, 'utf8'))?.[1]) / 1024

const generating = visor('generate', '-r', rate, '--for', `${seconds}s`, '-o', log)
const ended = once(generating, 'exit')
let over = false
void ended.then(() => (over = true))
const wanted = Number(rate) * Number(seconds)
let worst = { bytes: 0, seconds: 0 }
for (let second = 1; ; second++) {
  await new Promise(done => setTimeout(done, 1000))
  const { counters, sources, store } = await status()
  const { bytes, seconds: late = 0 } = sources[0]?.lag ?? { bytes: 0 }
  if (!over) worst = { bytes: Math.max(worst.bytes, bytes), seconds: Math.max(worst.seconds, late) }
  if (second % 5 === 0 || (over && store.rows >= wanted))
    console.log(
      `${second} s: ${counters.read} read, ${store.rows} stored, ${bytes} bytes (${late.toFixed(2)} s) behind, ${Math.round(memory())} MiB`
    )
  if (over && (store.rows >= wanted || second > 3 * Number(seconds))) break
}
const { counters } = await status()
console.log(
  `${wanted} lines made at ${rate} a second; ${counters.read} read, ${counters.rejected} rejected; at most ${worst.bytes} bytes (${worst.seconds.toFixed(2)} s) behind`
)
watching.kill('SIGTERM')
await once(watching, 'exit')
rmSync(folder, { recursive: true })
