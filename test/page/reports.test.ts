import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchChromium } from '../../scripts/chromium.ts'
import type { ReportDocument } from '../../src/reports/block.ts'
import type { RunningServer } from '../../src/server/server.ts'
import type { RunStatus } from '../../src/server/reports/types.ts'
import { createFake } from './fake.ts'
import { buildPage, openPage, PAGE } from './open.ts'
import { startTestServer } from './access.ts'

const NOW = Date.UTC(2026, 10, 30, 7, 0, 5)
const HOSTILE = '<img src=x onerror=document.title="owned">\u202egnp.exe'
const SHOWN = '<img src=x onerror=document.title="owned">⟨202E⟩gnp.exe'

const run = (id: string, more: Partial<RunStatus> = {}): RunStatus => ({
  id,
  schedule: 'daily',
  due: NOW - 5000,
  at: NOW,
  zone: 'UTC',
  state: 'sent',
  subject: `${HOSTILE}: all quiet`,
  notifications: [],
  readable: true,
  deliveries: [{ receiver: 'ops', state: 'later', summary: 'no route' }],
  ...more
})

const RUNS: readonly RunStatus[] = [
  run('daily-1', { part: HOSTILE }),
  run('daily-2', { state: 'failed', why: 'the disk is full', readable: false, deliveries: [] }),
  run('daily-3', {
    state: 'missed',
    why: 'Visor did not run',
    readable: false,
    missed: { first: NOW - 9e7, last: NOW - 8e7, count: 3, why: 'down' },
    deliveries: []
  }),
  run('daily-4', {
    state: 'unwanted',
    subject: 'all quiet',
    deliveries: [{ receiver: 'ops', state: 'unwanted', summary: 'ten@example.org has unsubscribed' }]
  })
]

const DOCUMENT: ReportDocument = {
  subject: HOSTILE,
  verdict: { tone: 'success', sentence: HOSTILE },
  period: { from: 0, to: 1e6, zone: 'UTC' },
  facts: [{ name: 'Schedule', text: HOSTILE }],
  blocks: []
}

const browser: Browser | undefined = await launchChromium()
let server: RunningServer

beforeAll(buildPage)
beforeEach(async () => {
  const fake = createFake({ clock: () => NOW })
  fake.traffic(100, 300)
  const schedule = {
    name: 'daily',
    recurrence: '0 7 * * * (UTC)',
    period: 'day',
    zone: 'UTC',
    each: 'vhost',
    receivers: ['ops'],
    next: NOW + 8.64e7,
    waits: 'web is 3 MB behind'
  } as const
  const dashboard = {
    ...fake,
    status: () => ({ ...fake.status(), reports: { schedules: 1, revision: 1 } }),
    reports: {
      answer: () => ({ schedules: [schedule], runs: RUNS }),
      document: (id: string) => (id === 'daily-1' ? DOCUMENT : undefined),
      drawn: async ({ subject }: ReportDocument, shape: string) =>
        shape === 'html' ? `<!doctype html><p>${subject.length}<script>parent.x = 1</script>` : subject
    }
  }
  server = await startTestServer({ port: 0, dashboard, page: PAGE })
})
afterEach(() => server.close())
afterAll(() => browser?.close())

describe.skipIf(!browser)('reports in Chromium', { concurrent: false }, () => {
  it.each([
    ['wide', { viewport: { width: 1280, height: 800 } }],
    ['a phone in the dark', { viewport: { width: 360, height: 780 }, colorScheme: 'dark' as const }]
  ])('shows schedules and what became of their dates: %s', async (_, options) => {
    const { page, complaints } = await openPage(browser, server.address, { ...options, bypassCSP: true })
    expect(await page.locator('#reports .head').innerText()).toMatch(/^Reports\s+1 schedule/)
    await page.getByRole('button', { name: 'Schedules and runs' }).click()
    const schedules = page.getByRole('list', { name: 'Schedules' }).getByRole('listitem')
    expect(await schedules.allInnerTexts()).toEqual([
      expect.stringMatching(
        /next\s+daily 0 7 \* \* \* \(UTC\), one for each vhost, to ops; the last one waits: web is 3 MB behind/
      )
    ])
    const runs = page.getByRole('list', { name: 'Runs, newest first' }).getByRole('listitem')
    const texts = await runs.allInnerTexts()
    expect(texts[0]).toContain(`daily: ${SHOWN}`)
    expect(texts[0]).toContain('ops tried again later: no route')
    expect(texts[1]).toMatch(/failed\s+daily the disk is full/)
    expect(texts[2]).toMatch(/3 missed\s+daily until .* Visor did not run/)
    expect(texts[3]).toMatch(/not sent\s+daily all quiet ops not sent: ten@example\.org has unsubscribed/)
    expect(
      await runs.getByRole('link').evaluateAll(links => links.map(link => link.getAttribute('href')))
    ).toEqual(['./reports/daily-1', './reports/daily-4'])
    await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
    const found: unknown = await page.evaluate(
      "axe.run('#reports').then(({ violations }) => violations.map(({ id }) => id))"
    )
    expect(found).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(options.viewport.width)
    expect(await page.title()).toBe('Visor')
    expect(complaints).toEqual([])
  })
})

describe('a report on the page', () => {
  it('is one file that can reach nothing, as HTML, CSV and text; there is none of a run that has none', async () => {
    const html = await fetch(`${server.address}reports/daily-1`)
    expect(html.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const policy = html.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toMatch(/sandbox allow-scripts /)
    expect(policy).not.toMatch(/allow-same-origin|connect-src/)
    const csv = await fetch(`${server.address}reports/daily-1.csv`)
    expect([csv.headers.get('content-disposition'), await csv.text()]).toEqual([
      'attachment; filename="daily-1.csv"',
      HOSTILE
    ])
    expect((await fetch(`${server.address}reports/daily-1.txt`)).headers.get('content-type')).toMatch(
      /^text\/plain/
    )
    const none = await fetch(`${server.address}reports/daily-2`)
    expect([none.status, await none.json()]).toEqual([404, { error: 'there is no such report any more' }])
  })
})
