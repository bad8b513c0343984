import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { temporaryFolder } from './testing/samples.ts'

const KILLS = 12
/** Milliseconds that a courier works before it is killed, at most. */
const LIFE = 150

function courier(folder: string, ...task: readonly string[]) {
  const script = fileURLToPath(new URL('./testing/courier.ts', import.meta.url))
  return spawn(process.execPath, [script, folder, ...task], { stdio: ['ignore', 'pipe', 'inherit'] })
}

async function killOne(folder: string): Promise<void> {
  const child = courier(folder)
  await once(child.stdout, 'data')
  await new Promise(resolve => setTimeout(resolve, Math.random() * LIFE))
  child.kill('SIGKILL')
  await once(child, 'exit')
}

/** Sends what is left; gives how many notifications were committed in all. */
async function drain(folder: string): Promise<number> {
  const said: Buffer[] = []
  const child = courier(folder, 'drain')
  child.stdout.on('data', (text: Buffer) => said.push(text))
  expect((await once(child, 'close'))[0]).toBe(0)
  return Number(Buffer.concat(said).toString().split('\n')[1])
}

it(`sends each notification that was committed and no other, through ${KILLS} kills at random moments`, async () => {
  using folder = temporaryFolder()
  for (let kill = 0; kill < KILLS; kill++) await killOne(folder.path)
  const count = await drain(folder.path)
  expect(count).toBeGreaterThan(KILLS)

  const sent = new Set<string>()
  const noted = new Set<string>()
  const again: string[] = []
  for (const line of readFileSync(join(folder.path, 'journal'), 'utf8').trimEnd().split('\n')) {
    const [what, id = ''] = line.split(' ')
    if (what === 'noted') noted.add(id)
    else if (noted.has(id)) again.push(id)
    else sent.add(id)
  }
  const all = new Set(Array.from({ length: count }, (_, i) => String(i)))
  expect(sent).toEqual(all)
  expect(again).toEqual([])
  expect(noted.size).toBeGreaterThanOrEqual(count - KILLS)
})
