import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DAY_MS } from '../../core/time.ts'
import type { FakeAlertsService } from '../../../test/page/fake-alerts.ts'
import { createFake } from '../../../test/page/fake.ts'
import {
  guessing,
  sampleAlert,
  sampleAlertsService,
  sampleNotification
} from '../../../test/page/sample-alerts.ts'
import type { Alert } from '../../alerts/model.ts'
import type { RunningServer } from '../server.ts'
import { signedLinks, type Links } from './links.ts'
import { startTestServer } from '../../../test/page/access.ts'

const NOW = Date.UTC(2026, 10, 22, 21, 47)
const HOSTILE = '"><script>document.title="owned"</script>\u202egnp.exe'

let now: number
let links: Links
let service: FakeAlertsService
let server: RunningServer

beforeEach(async () => {
  now = NOW
  links = signedLinks(Buffer.alloc(32), () => now)
  service = sampleAlertsService(() => NOW, links)
  server = await startTestServer({
    port: 0,
    dashboard: createFake({ clock: () => NOW, alerts: service }),
    page: 'none'
  })
})
afterEach(() => server.close())

function linkOf(action: 'acknowledge' | 'silence', ...firing: readonly Alert[]): string {
  return links.of(sampleNotification(firing, NOW), server.address)[action]
}

interface Shown {
  readonly status: number
  readonly text: string
  readonly policy: string
}

async function follow(link: string, form?: Readonly<Record<string, string>>): Promise<Shown> {
  const response = await fetch(link, form && { method: 'POST', body: new URLSearchParams(form) })
  expect(response.headers.get('cache-control')).toBe('no-store')
  const policy = response.headers.get('content-security-policy') ?? ''
  return { status: response.status, text: await response.text(), policy }
}

const alert = sampleAlert(NOW)

describe('a link to acknowledge', () => {
  it('only asks when it is followed', async () => {
    const { status, text, policy } = await follow(linkOf('acknowledge', alert))
    expect(status).toBe(200)
    expect(text).toContain('Acknowledge this alert')
    expect(text).toContain('7.2 % of 1,204 requests')
    expect(policy).toContain("form-action 'self'")
    expect(policy).not.toMatch(/unsafe|script-src/)
    expect(service.alert(alert.id)?.acknowledged).toBeUndefined()
  })

  it('does it when the form is sent', async () => {
    const both = linkOf('acknowledge', alert, guessing(NOW, '198.51.100.7'))
    const { status, text } = await follow(both, { owner: 'Ada', comment: 'on it' })
    expect([status, text.includes('Acknowledged by Ada')]).toEqual([200, true])
    for (const { acknowledged } of service.answer().firing)
      expect(acknowledged).toEqual({ owner: 'Ada', comment: 'on it', at: NOW })
    expect((await follow(both)).text).toContain('Ada has it in hand: on it')
  })

  it('asks again where the name is missing', async () => {
    const { status, text } = await follow(linkOf('acknowledge', alert), { owner: '', comment: 'x' })
    expect([status, text.includes('your name is missing')]).toEqual([400, true])
    expect(text).toContain('value="x"')
    expect(service.alert(alert.id)?.acknowledged).toBeUndefined()
  })

  it('says that it is over where it is', async () => {
    service.put({ ...alert, phase: 'resolved', resolved: NOW })
    const { status, text } = await follow(linkOf('acknowledge', alert), { owner: 'Ada' })
    expect([status, text.includes('It is over already')]).toEqual([200, true])
  })
})

describe('a link to silence', () => {
  it('tells what it would silence, and does it for as long as is chosen', async () => {
    const link = linkOf('silence', alert)
    const query = 'rule:server-errors AND vhost:shop.example.com'
    expect((await follow(link)).text).toContain(query)
    expect(service.answer().silences.length).toBe(1)
    const { text } = await follow(link, { owner: 'Ada', comment: 'deploy', for: '4h' })
    expect(text).toContain('Until 2026-11-23 01:47:00 UTC')
    expect(service.answer().silences.at(-1)).toMatchObject({ query, author: 'Ada', reason: 'deploy' })
    expect(service.answer().firing.map(({ silence }) => silence !== undefined)).toEqual([true, false])
  })

  it('takes no other length', async () => {
    const { status } = await follow(linkOf('silence', alert), { owner: 'Ada', for: '99d' })
    expect([status, service.answer().silences.length]).toEqual([400, 1])
  })
})

describe('a link that cannot be followed', () => {
  it.each([[undefined], [{ owner: 'Ada', comment: '' }]])('is refused when forged or old', async form => {
    const link = linkOf('acknowledge', alert)
    const forged = await follow(`${link.slice(0, -3)}AAA`, form)
    expect([forged.status, forged.text.includes('does not work')]).toEqual([403, true])
    now = NOW + 8 * DAY_MS
    const old = await follow(link, form)
    expect([old.status, old.text.includes('too old')]).toEqual([410, true])
    expect(service.alert(alert.id)?.acknowledged).toBeUndefined()
  })
})

it('shows texts of logs as text', async () => {
  const hostile = sampleAlert(NOW, {
    title: HOSTILE,
    labels: { path: HOSTILE },
    acknowledged: { owner: HOSTILE, comment: HOSTILE, at: NOW },
    evaluation: { ...alert.evaluation, summary: HOSTILE }
  })
  service.put(hostile)
  for (const action of ['acknowledge', 'silence'] as const) {
    for (const form of [
      undefined,
      { owner: '', comment: '<script>' },
      { owner: HOSTILE.slice(-30), comment: HOSTILE }
    ]) {
      const { text } = await follow(linkOf(action, hostile), form)
      expect(text).toContain('&lt;script&gt;')
      expect(text).not.toMatch(/<script|\u202e/)
    }
  }
})
