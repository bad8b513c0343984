import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../../scripts/chromium.ts'
import type { RunningServer } from '../../src/server/server.ts'
import { createFake, type FakeDashboard } from './fake.ts'
import { buildPage, grouped, openPage, PAGE, type Opened } from './open.ts'
import { readAs } from '../../src/core/metric.ts'
import { metricOf } from '../watching.ts'
import { makeRequest, randomFrom } from './traffic.ts'
import { startTestServer } from './access.ts'

const NOW = Date.UTC(2026, 10, 22, 21, 47, 13)
const HOSTILE = [
  '<img src=x onerror=document.title="owned">',
  '</script><script>document.title="owned"</script>',
  'a\u202egnp.exe'
]

const browser: Browser | undefined = await launchChromium()
let fake: FakeDashboard
let server: RunningServer
const pictures = mkdtempSync(join(tmpdir(), 'visor-pictures-'))

beforeAll(async () => {
  buildPage()
  fake = createFake({ clock: () => NOW })
  fake.traffic(5000, 3000)
  server = await startTestServer({ port: 0, dashboard: fake, page: PAGE })
})

afterAll(async () => {
  await browser?.close()
  await server.close()
})

/** Name of what has the focus. */
const FOCUSED = `(document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent)`

/** The last hour. */
const open = (options: BrowserContextOptions = {}, address = server.address): Promise<Opened> =>
  openPage(browser, `${address}?period=1h`, options)

const figure = (page: Page, name: string): Promise<string> =>
  page.locator(`[data-figure="${name}"]`).innerText()

describe.skipIf(!browser)('page in Chromium', { concurrent: false }, () => {
  it('shows the figures of the dashboard, and complains of nothing', async () => {
    const { page, complaints } = await open()
    const summary = await fake.summary('1h')
    const errors = Object.fromEntries(
      (metricOf(summary, 'status').classes ?? []).map(({ name, count }) => [name, count])
    )
    const figures = {
      'requests.count': metricOf(summary, 'requests').count,
      'status.5xx': errors['5xx'] ?? NaN,
      'status.4xx': errors['4xx'] ?? NaN,
      'client.distinct': metricOf(summary, 'client').distinct,
      'level.count': metricOf(summary, 'level').count
    }
    for (const [name, value] of Object.entries(figures)) expect(await figure(page, name)).toBe(grouped(value))
    for (const reading of summary.metrics.filter(metric => readAs(metric) === 'top')) {
      // Messages have a table of their own.
      if (reading.name === 'message') continue
      const rows = page.locator(`table[data-metric=${reading.name}] tbody tr:not(.other)`)
      expect(await rows.locator('.count').allInnerTexts()).toEqual(reading.top.map(row => grouped(row.count)))
    }
    const paths = await page.locator('table[data-metric=path] tbody tr:not(.other) bdi').allInnerTexts()
    expect(paths).toEqual(metricOf(summary, 'path').top.map(row => row.key))
    expect(await page.locator('table[data-metric=vhost]').count()).toBe(0)
    expect(await page.locator('.not-told').innerText()).toMatch(/have no (\w+, no )*vhost\b/)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('shows its figures to a browser whose language Intl refuses', async () => {
    const { page, complaints } = await open({ locale: 'en-US@posix' })
    expect(await figure(page, 'requests.count')).toMatch(/^[\d,]+$/)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('shows who has been waiting for the store for more than a moment, and for how long', async () => {
    const { page } = await open()
    const shown = page.locator('.source .facts', { hasText: 'waits for the store' })
    expect(await shown.count()).toBe(0)
    fake.hold(12_400)
    fake.changed()
    await shown.waitFor()
    expect(await shown.count()).toBe(1)
    expect(await shown.innerText()).toContain('waits for the store: 12.4 s')
    fake.hold(999)
    fake.changed()
    await shown.waitFor({ state: 'detached' })
    await page.close()
  })

  it('shows what was read of each file and what is lost, and never 0 for what is not known', async () => {
    const { page, complaints } = await open()
    const row = page.locator('.source', { hasText: 'combined' })
    await row.locator('summary').click()
    const rotated = row.locator('.account li', { hasText: 'access.log.1' })
    await rotated.waitFor()
    expect(await rotated.innerText()).toBe(
      '/var/log/apache2/access.log.1 5.00 kB read of 5.00 kB, to its end'
    )
    expect(await row.locator('.account li').first().innerText()).toContain('what is lost is not known')
    fake.lose(1200)
    fake.changed()
    await row.locator('.facts', { hasText: '1.20 kB lost' }).waitFor()
    await row.locator('.account .bad', { hasText: '1.20 kB lost: no copy has them' }).waitFor()
    expect(complaints).toEqual([])
    fake.lose(0)
    await page.close()
  })

  it('updates by itself, and its counters balance', async () => {
    const { page } = await open()
    const before = fake.status().counters.read
    expect(await page.locator('[data-counters=read]').innerText()).toBe(grouped(before))
    fake.request({ ...makeRequest(NOW, randomFrom(5)), status: 200 })
    fake.reject('not a log line', 'an address was expected at column 1')
    fake.changed()
    await page.locator('[data-counters=read]', { hasText: grouped(before + 2) }).waitFor()
    const requests = metricOf(await fake.summary('1h'), 'requests').count
    await page.locator('[data-figure="requests.count"]', { hasText: grouped(requests) }).waitFor()
    const counter = async (name: string): Promise<number> =>
      Number((await page.locator(`[data-counters=${name}]`).innerText()).replaceAll(',', ''))
    expect(await counter('read')).toBe(
      (await counter('parsed')) + (await counter('rejected')) + (await counter('late'))
    )
    expect(await page.locator('.counters').innerText()).toContain('counters balance')
    await page.locator('.lines .reason', { hasText: 'an address was expected at column 1' }).waitFor()
    await page.close()
  })

  it('keeps hostile log text as text', async () => {
    const dashboard = createFake({ clock: () => NOW })
    const hostile = await startTestServer({ port: 0, dashboard, page: PAGE })
    const requests = HOSTILE.map(text => ({
      ...makeRequest(NOW, randomFrom(6)),
      client: text,
      path: text,
      agent: text,
      referrer: text,
      status: 500
    }))
    for (const request of requests) dashboard.request(request)
    for (const text of HOSTILE) dashboard.reject(text, text)
    const { page, complaints } = await open({}, hostile.address)
    for (const metric of ['client', 'path', 'error_path', 'agent', 'referrer']) {
      const shown = await page.locator(`table[data-metric=${metric}] bdi`).allInnerTexts()
      expect(shown).toEqual(expect.arrayContaining(HOSTILE.slice(0, 2)))
      expect(shown).toContain('a⟨202E⟩gnp.exe')
    }
    await page.locator('.lines ol', { hasText: HOSTILE[0]! }).waitFor()
    expect(await page.locator('main img, main script').count()).toBe(0)
    expect(await page.title()).not.toContain('owned')
    expect(await page.locator('body').innerText()).not.toMatch(/[\u202a-\u202e]/)
    expect(complaints).toEqual([])
    await page.close()
    await hostile.close()
  })

  it('changes the period by keyboard, and reaches all of its controls in order', async () => {
    const { page } = await open()
    await page.getByRole('link', { name: 'Sign in' }).waitFor()
    const focused: string[] = []
    for (let i = 0; i < 13; i++) {
      await page.keyboard.press('Tab')
      focused.push(await page.evaluate(FOCUSED))
    }
    expect(focused.map(name => name.slice(0, 12))).toEqual([
      'Skip to the ',
      '',
      'Sign in',
      'Use the dark',
      'Search the l',
      'status:>=500',
      'path:/api/*',
      'duration:>1s',
      'bot:* AND NO',
      'Requests by ',
      'Requests wit',
      'Error log ov',
      'Latency over'
    ])
    await page.locator('.periods input').nth(1).focus()
    await page.keyboard.press('ArrowLeft')
    const requests = metricOf(await fake.summary('15m'), 'requests').count
    await page.locator('[data-figure="requests.count"]', { hasText: grouped(requests) }).waitFor()
    expect(page.url()).toBe(`${server.address}?period=15m`)
    await page.close()
  })

  it('shows the values of a bucket by arrow keys', async () => {
    const { page } = await open()
    const { timeline, from, bucket } = await fake.summary('1h')
    const chart = page.locator('.canvas').first()
    await chart.focus()
    for (const key of ['Home', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key)
    const legend = page
      .locator('figure', { hasText: 'Requests by status' })
      .locator('li', { hasText: '2xx' })
      .locator('b')
    await expect
      .poll(() => legend.innerText())
      .toBe(String(timeline.metrics['status']?.classes?.['2xx']?.[2]))
    const start = new Date(from + 2 * bucket)
    const seconds = String(start.getSeconds()).padStart(2, '0')
    expect(await page.locator('.when').first().innerText()).toContain(`:${seconds} – `)
    await page.close()
  })

  it('holds the last lines still, and goes on', async () => {
    const { page } = await open()
    const newest = page.locator('.lines li').first()
    await page.locator('.lines button').click()
    const held = await newest.innerText()
    fake.reject('a newer line', 'a test')
    fake.changed()
    await page.locator('.paused', { hasText: '1 newer' }).waitFor()
    expect(await newest.innerText()).toBe(held)
    await page.locator('.lines button').click()
    await page.locator('.lines li', { hasText: 'a newer line' }).waitFor()
    await page.close()
  })

  it.each([360, 768, 1440])('has no sideways scrolling at %i px', async width => {
    const { page } = await open({ viewport: { width, height: 844 } })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    await page.screenshot({ path: join(pictures, `${width}.png`), fullPage: true })
    await page.close()
  })

  it('follows the system in dark and light, until the reader chooses, and remembers that', async () => {
    const { page } = await open({ colorScheme: 'dark' })
    const background = (): Promise<string> =>
      page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
    const dark = await background()
    await page.screenshot({ path: join(pictures, 'dark.png') })
    await page.emulateMedia({ colorScheme: 'light' })
    await expect.poll(background).not.toBe(dark)
    await page.getByRole('button', { name: 'Use the dark theme' }).click()
    await expect.poll(background).toBe(dark)
    await page.reload()
    await expect.poll(background).toBe(dark)
    await page.close()
  })

  it('says what it waits for before the first line', async () => {
    const empty = await startTestServer({ port: 0, dashboard: createFake({ clock: () => NOW }), page: PAGE })
    const { page, complaints } = await open({}, empty.address)
    const text = await page.locator('.empty').innerText()
    expect(text).toContain('Waiting for the first line')
    expect(text).toContain('/var/log/apache2/access.log')
    expect(complaints).toEqual([])
    await page.close()
    await empty.close()
  })

  it('offers the whole log where the period has no line', async () => {
    const past = createFake({ clock: () => NOW })
    past.request(makeRequest(NOW - 40 * 86_400_000, randomFrom(2)))
    const old = await startTestServer({ port: 0, dashboard: past, page: PAGE })
    const { page } = await open({}, old.address)
    expect(await page.locator('.empty').innerText()).toContain('No lines in the last hour')
    await page.getByRole('button', { name: 'Show everything' }).click()
    await page.locator('[data-figure="requests.count"]', { hasText: '1' }).waitFor()
    await page.close()
    await old.close()
  })

  it('says that the connection is lost, and comes back by itself', async () => {
    const first = await startTestServer({ port: 0, dashboard: fake, page: PAGE })
    const { page } = await open({}, first.address)
    await first.close()
    await page.locator('.trouble', { hasText: 'Connection to Visor lost' }).waitFor()
    const port = Number(new URL(first.address).port)
    const again = await startTestServer({ port, dashboard: fake, page: PAGE })
    await page.locator('.pulse.live').waitFor()
    expect(await page.locator('.trouble').count()).toBe(0)
    await page.close()
    await again.close()
  })
})
