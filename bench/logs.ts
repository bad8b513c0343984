/**
 * Makes a log for the benchmarks: node bench/logs.ts repeat LOG TIMES OUT, or node bench/logs.ts distinct LINES OUT
 * (nearly every client, path, referrer and agent occurs once; times go on by the second).
 */
import { SECOND, toMicros } from '../src/core/time.ts'
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { formatFor } from '../src/formats/index.ts'
import { seeded } from '../src/generator/random.ts'

const [kind, what = '', amount = '', out = amount] = process.argv.slice(2)
const fd = openSync(out, 'w')
if (kind === 'repeat') {
  const log = readFileSync(what)
  for (let i = 0; i < Number(amount); i++) writeSync(fd, log)
} else if (kind === 'distinct') {
  const format = formatFor('combined')
  const random = seeded(1)
  const start = toMicros(Date.UTC(2026, 0, 1))
  for (let i = 0; i < Number(what);) {
    let text = ''
    for (const end = Math.min(i + 1000, Number(what)); i < end; i++)
      text += `${format.print(distinctLine(i))}\n`
    writeSync(fd, text)
  }

  function distinctLine(i: number): Parameters<typeof format.print>[0] {
    const id = Math.floor(random() * 2 ** 32).toString(36)
    return {
      time: start + Math.floor(i / 100) * SECOND,
      zone: 0,
      client: `${10 + (i % 200)}.${(i >> 8) & 255}.${(i >> 16) & 255}.${Math.floor(random() * 256)}`,
      ident: null,
      user: null,
      method: 'GET',
      path: `/item/${i}/${id}`,
      query: null,
      protocol: 'HTTP/1.1',
      status: i % 50 === 0 ? 404 : 200,
      bytes: 1000 + (i % 5000),
      referrer: `https://example.com/from/${id}`,
      agent: `Mozilla/5.0 (X11; ${id}) Gecko/${i}`
    }
  }
} else throw new Error('usage: see the head of bench/logs.ts')
closeSync(fd)
