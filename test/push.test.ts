import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, it, onTestFinished } from 'vitest'
import { ownFolder } from './folder.ts'
import { freePort } from './port.ts'
import { eventually, startWatching } from './watching.ts'

const KILLS = 4
const LINES = 50

const bodyOf = (body: number): string =>
  Array.from(
    { length: LINES },
    (_, i) => `192.0.2.1 - - [01/Jan/2026:00:00:01 +0000] "GET /${body}/${i} HTTP/1.1" 200 1`
  ).join('\n')

it('what was answered with 200 is stored whole, through kill -9', async () => {
  const folder = ownFolder('push')
  const port = await freePort()
  const config = join(folder, 'visor.yaml')
  writeFileSync(
    config,
    `sources: { push: { type: http, listen: ${port}, token: "\${TOKEN}" } }\nstore: { path: store }\n`
  )
  const start = () => startWatching(['-c', config], { env: { TOKEN: 'tell-nobody' } })
  const url = `http://127.0.0.1:${port}/`
  const headers = { authorization: 'Bearer tell-nobody' }
  const answered: number[] = []
  let body = 0
  const over = new AbortController()
  onTestFinished(() => over.abort())
  const post = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const number = body++
      const status = await fetch(url, { method: 'POST', headers, body: bodyOf(number) }).then(
        answer => answer.status,
        () => 0
      )
      if (status === 200) answered.push(number)
      else await new Promise(done => setTimeout(done, 20))
    }
  }
  const posting = Array.from({ length: 4 }, post)
  for (let kill = 0; kill < KILLS; kill++) {
    const { visor } = await start()
    const before = answered.length
    await eventually(
      async () => answered.length,
      count => count > before + 5
    )
    expect((await visor.stop('SIGKILL')).err).toBe('')
  }
  const { visor, status } = await start()
  const before = answered.length
  await eventually(
    async () => answered.length,
    count => count > before
  )
  over.abort()
  await Promise.all(posting)
  const { counters } = await status()
  expect(counters.rejected).toBe(0)
  expect(await visor.stop('SIGTERM')).toMatchObject({ exit: 0, err: '' })

  const connection = await (await DuckDBInstance.create(join(folder, 'store', 'visor.duckdb'))).connect()
  const rows = await connection.runAndReadAll(
    "select cast(split_part(path, '/', 2) as integer), count(*), count(distinct path) from log group by 1"
  )
  const stored = new Map(rows.getRows().map(row => [Number(row[0]), row.slice(1).map(Number)]))
  for (const number of answered) expect([number, stored.get(number)]).toEqual([number, [LINES, LINES]])
  // What was not answered is there whole, or not at all: a request is one step of the reader.
  expect([...stored.values()].filter(([count]) => count !== LINES)).toEqual([])
})

it('a source that everybody can send to is named at the start, and on the page', async () => {
  const { visor, status } = await startWatching(['udp://0.0.0.0:0', '--store', ownFolder('open')])
  const said = 'source udp://0.0.0.0:0 listens at 0.0.0.0:0 and takes lines from everybody who reaches it'
  expect(
    await eventually(
      async () => visor.err,
      err => err.includes(said)
    )
  ).toContain(`visor: ${said}`)
  expect((await status()).problems).toEqual([expect.stringContaining(said)])
})
