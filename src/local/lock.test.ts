import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { withLock } from './lock.ts'

const { signal } = new AbortController()

describe('a lock', () => {
  const folder = mkdtempSync(join(tmpdir(), 'visor-lock-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('lets one in at a time, and tells the others that they wait', async () => {
    const file = join(folder, 'one')
    const [seen, told]: [string[], string[]] = [[], []]
    const { promise: first, resolve: leave } = Promise.withResolvers<void>()
    const enter = (name: string, stay: Promise<void>): Promise<void> =>
      withLock(file, { signal, waiting: () => told.push(name) }, async () => {
        seen.push(`${name} in`)
        await stay
        seen.push(`${name} out`)
      })
    const both = [enter('a', first), enter('b', Promise.resolve())]
    expect([seen, told]).toEqual([['a in'], ['b']])
    leave()
    await Promise.all(both)
    expect(seen).toEqual(['a in', 'a out', 'b in', 'b out'])
  })

  it('is free when the process that had it was killed', async () => {
    const file = join(folder, 'killed')
    const script = `
      import { withLock } from '${join(import.meta.dirname, 'lock.ts')}'
      await withLock('${file}', { signal: new AbortController().signal }, async () => {
        console.log('in')
        await new Promise(done => setTimeout(done, 1e6))
      })`
    const other = spawn(process.execPath, ['--input-type=module', '-e', script])
    await once(other.stdout, 'data')
    const { promise: waits, resolve } = Promise.withResolvers<void>()
    const entered = withLock(file, { signal, waiting: resolve }, async () => 'entered')
    await waits
    other.kill('SIGKILL')
    expect(await entered).toBe('entered')
  })

  it('is not waited for any longer than the signal says, and free after an error', async () => {
    const file = join(folder, 'left')
    await withLock(file, { signal }, async () => {
      const leave = new AbortController()
      const waiting = (): void => leave.abort(new Error('enough'))
      await expect(withLock(file, { signal: leave.signal, waiting }, async () => {})).rejects.toThrow(
        'enough'
      )
      throw new Error('broken')
    }).catch((error: unknown) => expect(String(error)).toContain('broken'))
    expect(await withLock(file, { signal }, async () => 'free')).toBe('free')
  })
})
