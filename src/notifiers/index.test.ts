import { describe, expect, it } from 'vitest'
import { DEFAULT_RECEIVERS, NOTIFIERS, notifierKindOf, openNotifier, withNotifierPaths } from './index.ts'
import { dependenciesOf } from './testing/dependencies.ts'

describe('notifiers', () => {
  it('come in all kinds', () => {
    expect(NOTIFIERS.map(({ name }) => name)).toEqual([
      'email',
      'slack',
      'webhook',
      'alertmanager',
      'command',
      'console',
      'mailbox'
    ])
  })

  it('of a type that is none are a defect', async () => {
    expect(() => notifierKindOf({ type: 'pigeon' })).toThrow(RangeError)
    await expect(openNotifier({ type: 'pigeon' }, dependenciesOf())).rejects.toThrow(RangeError)
  })

  it('are opened by their options, a mailbox when there are none', async () => {
    for (const options of Object.values(DEFAULT_RECEIVERS)) {
      const notifier = await openNotifier(options, dependenciesOf({ folder: '/var/lib/visor' }))
      expect(notifier.target).toBe('/var/lib/visor/mail')
      await notifier.close()
    }
  })

  it('have their files where the configuration is', () => {
    const absolute = (path: string): string => `/etc/visor/${path}`
    const of = (options: { type: string; [name: string]: unknown }) => withNotifierPaths(options, absolute)
    expect(of({ type: 'email', to: ['a@b.org'], account: 'account.json' })).toEqual({
      type: 'email',
      to: ['a@b.org'],
      account: '/etc/visor/account.json'
    })
    expect(of({ type: 'console' })).toEqual({ type: 'console' })
  })
})
