import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ownFolder } from './folder.ts'
import { visor } from './visor.ts'
import { startWatching } from './watching.ts'

/** What standard error holds, where each line of it is JSON. */
function messagesOf(err: string): Record<string, unknown>[] {
  return err
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
}

/** Has a process fail where nobody waits for it, when it gets this signal. */
const FAILING = `--import=data:text/javascript,${encodeURIComponent(
  "import { isMainThread } from 'node:worker_threads'; if (isMainThread) process.on('SIGUSR2', () => { throw new TypeError('a\\nb') })"
)}`

it('with log: { format: json } a defect that ends Visor is a line of JSON as well', async () => {
  const folder = ownFolder('own-log')
  const config = join(folder, 'visor.yaml')
  writeFileSync(config, 'store: { path: data }\nlog: { format: json }\nsources: { web: { path: a.log } }\n')
  const { visor: running } = await startWatching(['--config', config], { env: { NODE_OPTIONS: FAILING } })
  process.kill(running.pid, 'SIGUSR2')
  const { exit, err } = await running.ended
  expect(messagesOf(err).at(-1)).toMatchObject({
    level: 'error',
    component: 'visor',
    code: 'INTERNAL',
    message: 'TypeError: a\\nb',
    remedy: expect.any(String)
  })
  expect(exit).toBe(1)
})

it.each([
  ['a setting that there is not', 'log: { format: json }\nwndow: 5s\n', /unknown setting "wndow"/],
  ['a mistake of syntax', 'log: { format: json }\nsources: { web: [ }\n', /visor\.yaml:2/],
  ['nothing to watch', 'log: { format: json }\n', /names no sources/]
])('a start that is refused for %s is told as JSON', async (_, text, message) => {
  const config = join(ownFolder('own-log'), 'visor.yaml')
  writeFileSync(config, text)
  const { exit, err } = await visor(['watch', '--config', config])
  expect(messagesOf(err)).toEqual([
    expect.objectContaining({ level: 'error', message: expect.stringMatching(message) })
  ])
  expect(exit).toBe(2)
})
