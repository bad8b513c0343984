import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../src/core/time.ts'
import { dial } from '../src/sources/testing/client.ts'
import type { LinesAnswer } from '../src/store/questions/answers.ts'
import { ownFolder } from './folder.ts'
import { freePort } from './port.ts'
import { sparkMissing, sparkServer } from './spark.ts'
import { startVisor, visor } from './visor.ts'
import { eventually, startWatching } from './watching.ts'

/** Of each source. */
const LINES = 2000

const started = new Date(Date.now() - HOUR_MS).toISOString()
const options = (seed: number): string[] =>
  `generate --seed ${seed} --lines ${LINES} --speed max --start ${started} --zone UTC`.split(' ')

/** What the generator makes of a seed, wherever it goes. */
async function made(seed: number): Promise<string[]> {
  const { out } = await visor(options(seed))
  return out.trimEnd().split('\n')
}

/** A line as a message of syslog, of one RFC and the other in turn. */
const message = (line: string, i: number): string =>
  i % 2 === 0 ? `<134>Nov  3 09:0${i % 10}:00 web nginx: ${line}\n` : `<134>1 - web nginx - - - ${line}\n`

describe.skipIf(sparkMissing !== undefined)(
  `sources whose lines ride to Spark${sparkMissing ? ` (${sparkMissing})` : ''}`,
  () => {
    it('have each of their lines stored once: TCP either way, syslog, HTTP, standard input, and the generator straight in', async () => {
      const { connect } = await sparkServer()
      const [fetched, sent, syslog, http] = await Promise.all(Array.from({ length: 4 }, () => freePort()))
      const at = (port = 0): string => `127.0.0.1:${port}`
      const config = join(ownFolder('spark-sources'), 'visor.json')
      const sources = {
        fetched: { type: 'tcp', connect: at(fetched) },
        sent: { type: 'tcp', listen: at(sent) },
        syslog: { type: 'syslog', listen: at(syslog) },
        posted: { type: 'http', listen: at(http) },
        piped: { type: 'stdin' }
      }
      const engine = { type: 'spark', connect }
      const alerts = { defaults: false }
      writeFileSync(config, JSON.stringify({ sources, engine, store: { path: 'store' }, alerts }))
      const names = Object.keys(sources)
      // Two generators send by themselves; what the others bring is of the same kind.
      const [ofFirst, ofSecond] = await Promise.all([made(0), made(1)])
      const expected = [ofFirst, ofSecond, ofFirst, ofSecond, ofFirst]
      const serving = startVisor([...options(0), '-o', `tcp-listen://${at(fetched)}`])
      const watching = await startWatching(['--config', config])
      try {
        await eventually(watching.status, status =>
          status.sources.every(({ name, detail }) => name === 'piped' || /listens|connected/.test(detail))
        )
        const sending = startVisor([...options(1), '-o', `tcp://${at(sent)}`])
        const socket = await dial({ host: '127.0.0.1', port: syslog ?? 0 })
        socket.end(ofFirst.map(message).join(''))
        watching.visor.write(`${ofFirst.join('\n')}\n`)
        const posted = await fetch(`http://${at(http)}/`, { method: 'POST', body: ofSecond.join('\n') })
        // It is answered once its lines are stored.
        expect([posted.status, await posted.json()]).toEqual([200, { lines: LINES }])
        expect((await sending.ended).exit).toBe(0)
        expect((await serving.ended).exit).toBe(0)
        if (!socket.closed) await once(socket, 'close')
        const all = LINES * names.length
        const { counters, store } = await eventually(watching.status, ({ store }) => store.rows >= all)
        expect({ ...counters, rows: store.rows }).toMatchObject({
          read: all,
          parsed: all,
          rejected: 0,
          late: 0,
          rows: all
        })
        for (const [i, name] of names.entries()) {
          const answer = await fetch(`${watching.address}api/lines?limit=100000&sources=${name}`)
          const { lines }: LinesAnswer = JSON.parse(await answer.text())
          expect([name, lines.map(({ text }) => text).toSorted()]).toEqual([name, expected[i]?.toSorted()])
        }
      } finally {
        await serving.stop('SIGKILL')
        expect((await watching.visor.stop('SIGTERM')).exit).toBe(0)
      }
    })
  }
)
