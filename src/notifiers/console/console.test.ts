import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { Notification } from '../../alerts/model.ts'
import { conformsToNotifier } from '../contract.ts'
import { HOSTILE_NOTIFICATION } from '../testing/hostile.ts'
import { NOTIFICATIONS } from '../testing/samples.ts'
import { dependenciesOf } from '../testing/dependencies.ts'
import { UNSEEN } from '../testing/unseen.ts'
import { consoleKind } from './index.ts'

const never = new AbortController().signal

/** Standard output that keeps what is written to it. */
class Output extends Writable {
  readonly writes: string[] = []
  isTTY = false
  mode: 'good' | 'broken' | 'stuck' = 'good'

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    if (this.mode === 'stuck') return
    if (this.mode === 'broken') return done(Object.assign(new Error('EPIPE'), { errno: -32, code: 'EPIPE' }))
    this.writes.push(chunk.toString())
    done()
  }
}

describe('the contract of notifiers', () => {
  conformsToNotifier(async () => {
    const stdout = new Output()
    return {
      kind: consoleKind,
      options: {},
      dependencies: { stdout },
      named: 'standard output',
      received: () => stdout.writes,
      fail: () => void (stdout.mode = 'broken'),
      hang: () => void (stdout.mode = 'stuck'),
      [Symbol.asyncDispose]: async () => void stdout.destroy()
    }
  })
})

describe('a console', () => {
  async function printed(notification: Notification, isTTY = false): Promise<string[]> {
    const stdout = new Output()
    stdout.isTTY = isTTY
    const notifier = await consoleKind.open({}, dependenciesOf({ stdout }))
    await notifier.send(notification, [], never)
    return stdout.writes.join('').split('\n').slice(0, -1)
  }

  it('shows a line for each alert', async () => {
    expect(await printed(NOTIFICATIONS.fired)).toEqual([
      '2026-11-25 14:03:20 UTC CRITICAL Many server errors [vhost="shop.example.org"]: 7.2 % of 1,204 requests in 1m (limit 5 %, usual 0.3 %)'
    ])
    expect(await printed(NOTIFICATIONS.more)).toHaveLength(15)
    expect((await printed(NOTIFICATIONS.resolved))[0]).toMatch(/ UTC RESOLVED Many server errors /)
    expect(await printed(NOTIFICATIONS.test)).toEqual([
      '2026-11-25 14:08:20 UTC TEST A test of the receiver ops'
    ])
  })

  it('tells what an output that goes on after errors could not write', async () => {
    const stdout = Object.assign(new Output(), { problem: 'the disk is full' })
    const notifier = await consoleKind.open({}, dependenciesOf({ stdout }))
    await expect(notifier.send(NOTIFICATIONS.fired, [], never)).rejects.toThrow('the disk is full')
  })

  it('has colours on a terminal alone, and none that a log has written', async () => {
    expect((await printed(NOTIFICATIONS.fired, true))[0]).toContain('\u001b[31mCRITICAL\u001b[39m')
    expect((await printed(NOTIFICATIONS.fired))[0]).not.toContain('\u001b')
    for (const line of await printed(HOSTILE_NOTIFICATION)) {
      expect(line).not.toMatch(UNSEEN)
      expect(line.length).toBeLessThan(1000)
    }
  })
})
