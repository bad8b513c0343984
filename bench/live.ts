/**
 * The live path, file to store and page: node bench/live.ts LOG [LINES_A_SECOND] [TIMES]
 * Without a rate the log is there from the start and is read as fast as it goes. With one, it is appended TIMES over to
 * an empty file at that rate, each line with the time it is written at. Prints throughput, lag, memory, and how long the page's questions take afterwards.
 */
import { SECOND_MS } from '../src/core/time.ts'
import { spawn } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Status } from '../src/server/api-types.ts'
import { clf } from '../test/clf.ts'

const [log, rate, times = '1'] = process.argv.slice(2)
if (log === undefined) throw new Error('usage: node bench/live.ts LOG [LINES_A_SECOND] [TIMES]')

const folder = mkdtempSync(join(tmpdir(), 'visor-bench-'))
const path = join(folder, 'access.log')
const lines = readFileSync(log, 'latin1')
  .split('\n')
  .filter(line => line !== '')
writeFileSync(path, rate === undefined ? readFileSync(log) : '')

const visor = spawn(process.execPath, [
  'bin/visor.js',
  'watch',
  path,
  '--port',
  '0',
  '--store',
  join(folder, 'store'),
  '--format',
  'combined'
])
const address = await new Promise<string>(done =>
  visor.stdout.on('data', data => {
    const found = /live at (\S+)/.exec(String(data))
    if (found?.[1]) done(found[1])
  })
)
const started = performance.now()
const wanted = lines.length * (rate === undefined ? 1 : Number(times))
let written = 0
const writing =
  rate === undefined
    ? undefined
    : setInterval(() => {
        const due = Math.min(wanted, Math.floor(((performance.now() - started) / SECOND_MS) * Number(rate)))
        let text = ''
        const stamp = `[${clf(new Date())}]`
        for (; written < due; written++)
          text += `${lines[written % lines.length]?.replace(/\[[^\]]*\]/, stamp)}\n`
        appendFileSync(path, text, 'latin1')
      }, 20)

const ask = async <Answer>(what: string): Promise<Answer> => {
  const answer: Answer = JSON.parse(await (await fetch(`${address}api/${what}`)).text())
  return answer
}
const memory = (): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${visor.pid}/status`, 'utf8'))?.[1]) / 1024
let most = 0
let lag = 0
for (let second = 1; ; second++) {
  await new Promise(done => setTimeout(done, 1000))
  const { counters, sources, store } = await ask<Status>('status')
  most = Math.max(most, memory())
  lag = Math.max(lag, sources[0]?.lag.bytes ?? 0)
  if (second % 5 === 0 || store.rows + counters.rejected >= wanted)
    console.log(`${second} s: ${counters.read} read, ${store.rows} stored, ${Math.round(memory())} MiB`)
  if (store.rows + counters.rejected >= wanted) break
}
const seconds = (performance.now() - started) / SECOND_MS
clearInterval(writing)
console.log(
  `\n${Math.round(wanted / seconds)} lines/s over ${seconds.toFixed(1)} s; at most ${Math.round(most)} MiB, ${lag} bytes behind`
)
for (const question of [
  'summary?period=1h',
  'summary?period=all',
  'count?q=path:/*s*',
  'count?q=path:*png'
]) {
  const times = []
  for (let run = 0; run < 5; run++) {
    const before = performance.now()
    await ask(question)
    times.push(performance.now() - before)
    await new Promise(done => setTimeout(done, 1000))
  }
  console.log(`${question}: ${times.map(time => time.toFixed(0)).join(' ')} ms`)
}
visor.kill('SIGTERM')
await new Promise(done => visor.once('exit', done))
rmSync(folder, { recursive: true })
