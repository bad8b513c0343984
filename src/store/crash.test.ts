import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { openStore } from './index.ts'
import { temporaryFolder, testFormat } from './testing/samples.ts'

/** Two stores at once, as many kills each. */
const KILLS = 10
/** Milliseconds that the child writes before it is killed, at most. */
const LIFE = 120

function start(folder: string): ChildProcess {
  const script = fileURLToPath(new URL('./testing/crash.ts', import.meta.url))
  return spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** What the child says: first whether all parts of the store agreed, later that its first commit is durable. */
function linesOf(child: ChildProcess): () => Promise<string> {
  if (!child.stdout) throw new Error('no output')
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  return async () => String((await lines.next()).value)
}

/** Kills a child again and again; gives the number of lines that the last one found. */
async function killAgainAndAgain(folder: string): Promise<number> {
  let lines = 0
  for (let kill = 0; kill <= KILLS; kill++) {
    const child = start(folder)
    const line = linesOf(child)
    const found: { lines: { position: number } } = JSON.parse(await line())
    expect(found).toMatchObject({ agree: true })
    expect(found.lines.position).toBeGreaterThanOrEqual(lines)
    lines = found.lines.position
    // Every other child is let live to its first commit, so that there is something to lose.
    if (kill % 2 === 0) await line()
    await new Promise(resolve => setTimeout(resolve, Math.random() * LIFE))
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  return lines
}

it(`counts every line exactly once through ${2 * KILLS} kills at random moments`, async () => {
  using one = temporaryFolder()
  using other = temporaryFolder()
  for (const lines of await Promise.all([one, other].map(({ path }) => killAgainAndAgain(path))))
    expect(lines).toBeGreaterThan(0)
})

it('refuses a store that another process has open, naming it', async () => {
  using folder = temporaryFolder()
  const child = start(folder.path)
  await linesOf(child)()
  await expect(openStore(folder.path, { formatFor: testFormat })).rejects.toMatchObject({
    code: 'STORE_LOCKED',
    message: expect.stringMatching(new RegExp(`${folder.path}.*process ${child.pid}`))
  })
  child.kill('SIGKILL')
  await once(child, 'exit')
})
