import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/time.ts'
import type { StateStore } from '../types.ts'

/** What every StateStore holds to, of who may come in. */
export function accessContract(name: string, open: () => StateStore): void {
  let state: StateStore
  beforeEach(() => {
    state = open()
  })
  afterEach(() => state.close())

  const add = (name: string, more: { role?: 'read' | 'act' | 'admin'; expires?: number } = {}): string => {
    const secret = state.addToken({ name, role: 'act', created: 5, ...more })
    if (secret === undefined) throw new Error(`there is a token ${name}`)
    return secret
  }

  describe(`${name}: tokens`, () => {
    it('let in who has the secret, which is given once', () => {
      const [ada, bob] = [add('ada'), add('bob', { role: 'read' })]
      expect(ada).toMatch(/^visor_[\w-]{43}$/)
      expect(ada).not.toBe(bob)
      expect(state.tokenOf(ada, 9)).toEqual({ name: 'ada', role: 'act', created: 5 })
      expect(state.tokenOf(bob, 9)).toMatchObject({ name: 'bob', role: 'read' })
      for (const wrong of ['', 'ada', ada.slice(0, -1), `${ada}x`, ada.toUpperCase()])
        expect(state.tokenOf(wrong, 9)).toBeUndefined()
      expect(JSON.stringify(state.tokens())).not.toContain(ada.slice(6))
    })

    it('are one of each name, until they are revoked', () => {
      const secret = add('ada')
      expect(state.addToken({ name: 'ada', role: 'admin', created: 6 })).toBeUndefined()
      expect(state.tokenOf(secret, 9)).toMatchObject({ role: 'act' })
      expect([state.revokeToken('ada'), state.revokeToken('ada')]).toEqual([true, false])
      expect([state.tokenOf(secret, 9), state.tokens()]).toEqual([undefined, []])
      expect(state.tokenOf(add('ada'), 9)).toBeDefined()
      expect(state.tokenOf(secret, 9)).toBeUndefined()
    })

    it('are good until they expire, and are listed still', () => {
      const secret = add('ada', { expires: 100 })
      expect([state.tokenOf(secret, 99) !== undefined, state.tokenOf(secret, 100)]).toEqual([true, undefined])
      expect(state.tokens()).toEqual([{ name: 'ada', role: 'act', created: 5, expires: 100 }])
    })

    it('tell when they were used last, to the minute', () => {
      const secret = add('ada')
      for (const now of [HOUR_MS, HOUR_MS + 1, HOUR_MS + MINUTE_MS - 1]) state.tokenOf(secret, now)
      expect(state.tokens()[0]?.used).toBe(HOUR_MS)
      state.tokenOf(secret, HOUR_MS + MINUTE_MS)
      expect(state.tokens()[0]?.used).toBe(HOUR_MS + MINUTE_MS)
    })
  })

  describe(`${name}: sessions`, () => {
    const session = { name: 'ada', role: 'act', token: 'ada', expires: 100 } as const

    it('are there until they end or expire', () => {
      const [first, second] = [state.beginSession(session, 1), state.beginSession(session, 1)]
      expect([state.sessionOf(first, 99), state.sessionOf(first, 100)]).toEqual([session, undefined])
      state.endSession(first)
      expect([state.sessionOf(first, 5), state.sessionOf(second, 5)]).toEqual([undefined, session])
      expect(state.tokenOf(second, 5)).toBeUndefined()
    })

    it('end with their token, but no others do', () => {
      add('ada')
      const { token: _, ...free } = session
      const [bound, other] = [state.beginSession(session, 1), state.beginSession(free, 1)]
      state.revokeToken('ada')
      expect([state.sessionOf(bound, 5), state.sessionOf(other, 5)]).toEqual([undefined, free])
    })

    it('end two days after they were used last', () => {
      const secret = state.beginSession({ ...session, expires: 9 * DAY_MS }, 1)
      const is = (now: number): boolean => state.sessionOf(secret, now) !== undefined
      expect([is(2 * DAY_MS), is(3 * DAY_MS), is(5 * DAY_MS - 1), is(7 * DAY_MS)]).toEqual([
        true,
        true,
        true,
        false
      ])
    })

    it('are no more than 500: the oldest end', () => {
      const secrets = Array.from({ length: 501 }, () => state.beginSession(session, 1))
      expect(secrets.map(secret => state.sessionOf(secret, 5) !== undefined).indexOf(true)).toBe(1)
    })
  })
}
