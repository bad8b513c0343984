import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { childrenOf, endGroup, isRunning, membersOf, parsePs, parseStat, processId } from './process-id.ts'

const start = async () => {
  const child = spawn('sleep', ['600'], { detached: true })
  await once(child, 'spawn')
  const id = processId(child.pid ?? 0)
  if (!id) throw new Error('sleep does not run')
  return { child, id }
}

describe('a process', () => {
  it('is told from another one that has its number', async () => {
    const { child, id } = await start()
    expect(isRunning(id)).toBe(true)
    const other = { ...id, started: `${id.started}1` }
    expect(isRunning(other)).toBe(false)
    await endGroup(other, 0)
    expect(isRunning(id)).toBe(true)
    expect(childrenOf(process.pid).map(({ pid }) => pid)).toContain(id.pid)
    expect(membersOf(id.pid)).toEqual([expect.objectContaining(id)])
    const ended = once(child, 'exit')
    await endGroup(id, 10_000)
    expect((await ended)[1]).toBe('SIGTERM')
    expect(isRunning(id)).toBe(false)
  })

  it('is killed when it does not end in time', async () => {
    const child = spawn('sh', ['-c', 'trap "" TERM; echo on; while :; do sleep 1; done'], { detached: true })
    await once(child.stdout, 'data')
    const id = processId(child.pid ?? 0)
    const ended = once(child, 'exit')
    if (id) await endGroup(id, 50)
    expect((await ended)[1]).toBe('SIGKILL')
  })
})

describe('what the system tells of processes', () => {
  it.each([
    ['4711 (java) S 1 4710 4711 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 30 0 1313237 9 9', 1, 4710, '1313237'],
    ['4711 (a ) Z (b) R 42 4711 4711 0 -1 0 1 2 3 4 5 6 7 8 20 0 30 0 77 9 9', 42, 4711, '77']
  ])('reads %s', (line, parent, group, started) =>
    expect(parseStat(line)).toEqual({ pid: 4711, parent, group, started })
  )

  it('takes one that has ended for none', () => {
    expect(parseStat('4711 (java) Z 1 4711 4711 0 -1 0 1 2 3 4 5 6 7 8 20 0 30 0 77 9 9')).toBeUndefined()
    expect(parsePs(' 4711     1  4711 Zs   Mon Nov 30 04:27:46 2026')).toBeUndefined()
    expect(parsePs('')).toBeUndefined()
  })

  it('reads what ps prints', () =>
    expect(parsePs(' 4711     1  4710 Ss   Mon Nov 30 04:27:46 2026    ')).toEqual({
      pid: 4711,
      parent: 1,
      group: 4710,
      started: 'Mon Nov 30 04:27:46 2026'
    }))
})
