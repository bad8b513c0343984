import { describe, expect, it } from 'vitest'
import { alertsPage } from '../../scripts/docs/alerts.ts'
import { receiversSetting } from '../config/receivers.ts'
import { conformsToNotifier } from './contract.ts'
import { notifierKindOf, NOTIFIERS, openNotifier, withNotifierPaths } from './index.ts'
import { dependenciesOf } from './testing/dependencies.ts'
import { PAGERS, pagerKind } from './testing/pager.ts'
import { NOTIFICATIONS } from './testing/samples.ts'

/** All kinds and a made-up one: its file, and this line. */
const KINDS = [...NOTIFIERS, pagerKind]

describe('the contract of notifiers', () => {
  conformsToNotifier(async () => {
    const received: string[] = []
    PAGERS.set('555-0100', received)
    return {
      kind: notifierKindOf({ type: 'pager' }, KINDS),
      options: { number: '555-0100' },
      named: 'pager 555-0100',
      received: () => received,
      fail: () => void PAGERS.delete('555-0100'),
      [Symbol.asyncDispose]: async () => void PAGERS.delete('555-0100')
    }
  })
})

describe('another kind of notifier', () => {
  const configured = { night: { type: 'pager', number: '555-0199', codes: 'codes', minSeverity: 'critical' } }

  it('is configured, opened and sent to like any other', async () => {
    const { night } = receiversSetting(KINDS).parse(configured)
    expect(night).toMatchObject({ ...configured.night, rateLimit: { count: expect.any(Number) } })
    const options = withNotifierPaths({ type: 'pager', ...night }, path => `/etc/visor/${path}`, KINDS)
    expect(options).toMatchObject({ number: '555-0199', codes: '/etc/visor/codes' })

    PAGERS.set('555-0199', [])
    const notifier = await openNotifier(options, dependenciesOf(), KINDS)
    await notifier.send(NOTIFICATIONS.fired, [], new AbortController().signal)
    expect(PAGERS.get('555-0199')).toEqual([expect.stringMatching(/^CRITICAL {2}Many server errors/)])
    await notifier.close()
  })

  it('is checked by its own options, and documented by them', () => {
    const wrong = receiversSetting(KINDS).safeParse({ night: { type: 'pager', number: '1', tone: 'loud' } })
    expect(wrong.error?.issues.map(({ path, code }) => [path.join('.'), code])).toEqual([
      ['night.number', 'too_small'],
      ['night', 'unrecognized_keys']
    ])
    const docs = alertsPage(KINDS)
    expect(docs).toContain('### pager')
    expect(docs).toMatch(/\| `number` \| text \| .* \| The number of the pager\. \|/)
  })

  it('is none where it is not listed', () => {
    expect(receiversSetting().safeParse(configured).success).toBe(false)
    expect(() => notifierKindOf({ type: 'pager' })).toThrow(RangeError)
  })
})
