import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchChromium } from '../../scripts/chromium.ts'
import type { RunningServer } from '../../src/server/server.ts'
import type { WatchedEngine } from '../../src/server/api-types.ts'
import { createFake, type FakeDashboard } from './fake.ts'
import { buildPage, openPage, PAGE, type Opened } from './open.ts'
import { catchingUp, failing, REFUSED, sampleEngine, starting } from './sample-engine.ts'
import { startTestServer } from './access.ts'

const NOW = Date.UTC(2026, 10, 22, 21, 47, 13)
const HOSTILE = '<img src=x onerror=document.title="owned">\u202egnp.exe'
const SHOWN = '<img src=x onerror=document.title="owned">⟨202E⟩gnp.exe'

const browser: Browser | undefined = await launchChromium()
const pictures = mkdtempSync(join(tmpdir(), 'visor-pictures-'))
let fake: FakeDashboard
let server: RunningServer

beforeAll(buildPage)
beforeEach(async () => {
  fake = createFake({ clock: () => NOW })
  fake.traffic(1000, 3000)
  server = await startTestServer({ port: 0, dashboard: fake, page: PAGE })
})
afterEach(() => server.close())
afterAll(() => browser?.close())

/** The page while the engine stands like this. */
async function open(engine: WatchedEngine, options: BrowserContextOptions = {}): Promise<Opened> {
  fake.engine(engine)
  const opened = await openPage(browser, server.address, options)
  await opened.page.locator('.engine').waitFor()
  return opened
}

function show(engine: WatchedEngine): void {
  fake.engine(engine)
  fake.changed()
}

const text = async (page: Page, selector: string): Promise<string> =>
  (await page.locator(selector).innerText()).replaceAll(/\s+/g, ' ')

describe.skipIf(!browser)('engine in Chromium', { concurrent: false }, () => {
  it('is not there where none reports', async () => {
    const { page } = await openPage(browser, server.address)
    expect(await page.locator('.engine').count()).toBe(0)
    await page.close()
  })

  it('shows how it stands, what waits and how quick it is', async () => {
    const { page, complaints } = await open(sampleEngine(NOW))
    expect(await text(page, '.engine h2')).toMatch(
      /^Engine Spark 4\.2\.0 at sc:\/\/spark\.example\.org:15002/
    )
    expect(await text(page, '.engine .state')).toBe(
      'Working Counts 4,812 messages in 4 tasks 2 executors · 4 cores'
    )
    expect(await text(page, '.engine .lag h3')).toBe('Lag 1,204 messages keeps up')
    expect(await page.locator('.streams li').allInnerTexts()).toEqual([
      'logs/2\n431',
      'logs/0\n402',
      'logs/1\n371'
    ])
    const figures = { median: '312 ms', p99: '484 ms', 'rows per second': '15,400', tasks: '4' }
    for (const [name, value] of Object.entries(figures))
      expect(await text(page, `[data-engine="${name}"]`)).toBe(value)
    const link = page.locator('.engine h2 a')
    expect(await link.getAttribute('href')).toBe('http://spark.example.org:4040/')
    expect(await link.getAttribute('rel')).toBe('noopener noreferrer')
    expect(complaints).toEqual([])
    await page.close()
  })

  it('shows lag that falls, and when it will be gone', async () => {
    const { page } = await open(catchingUp(NOW))
    expect(await text(page, '.lag .outlook')).toBe('caught up in about 40 s')
    expect(await page.locator('.lag figcaption').innerText()).toContain('at most 4,800,000 messages')
    const widths = await page
      .locator('.streams .share')
      .evaluateAll(bars => bars.map(bar => Number.parseFloat(bar.style.width)))
    expect(widths.map(Math.round)).toEqual([100, 80, 49, 15])
    const fallen = catchingUp(NOW)
    show({
      ...fallen,
      behind: { messages: 12_000 },
      catchUp: 800,
      lag: [{ stream: 'logs/0', messages: 12_000 }]
    })
    await page.locator('.lag .outlook', { hasText: 'caught up in a moment' }).waitFor()
    expect(await text(page, '.lag h3')).toContain('12,000 messages')
    show({ ...fallen, behind: { messages: 0 }, lag: [] })
    await page.locator('.lag .outlook', { hasText: 'nothing waits' }).waitFor()
    expect(await page.locator('.streams').count()).toBe(0)
    await page.close()
  })

  it('shows a few streams, and how many more there are', async () => {
    const lag = Array.from({ length: 64 }, (_, i) => ({ stream: `logs/${i}`, messages: 64 - i }))
    const { page } = await open(sampleEngine(NOW, { lag }))
    expect(await page.locator('.streams li').count()).toBe(9)
    expect(await text(page, '.streams li:last-child')).toBe('and 56 more')
    await page.close()
  })

  it('says that it fails beside it at once, above all once it lasts, and nothing any more afterwards', async () => {
    const { page, complaints } = await open(failing(NOW, 3000))
    expect(await text(page, '.engine .failing')).toBe(
      `Failing since 21:47:10, 5 attempts ${REFUSED} Asks again in 4 s; the lines wait in Kafka, none is lost 2 executors · 4 cores`
    )
    expect(await page.locator('.trouble').count()).toBe(0)
    show(failing(NOW, 31_000))
    await page.locator('.trouble').waitFor()
    expect(await text(page, '.trouble')).toBe(
      `Nothing new is stored since 21:46:42: ${REFUSED}. What Visor does about it`
    )
    expect(await text(page, '.lag .outlook')).toBe('waits until the engine works again')
    await page.locator('.trouble a').click()
    expect(new URL(page.url()).hash).toBe('#engine')
    show(sampleEngine(NOW))
    await page.locator('.trouble').waitFor({ state: 'detached' })
    expect(await page.locator('.engine .failure').count()).toBe(0)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('shows nothing as 0 that is not known', async () => {
    const { page } = await open(starting(NOW))
    expect(await text(page, '.engine .panel')).toBe('Starting Connects Lag not known Batches none yet')
    expect(await page.locator('.engine svg, .engine a').count()).toBe(0)
    await page.close()
  })

  it('keeps hostile text as text, and follows no other address than one of the web', async () => {
    const failure = { message: HOSTILE, since: NOW - 60_000, attempts: 1 }
    const lag = [{ stream: HOSTILE, messages: 5 }]
    const hostile = {
      name: HOSTILE,
      detail: HOSTILE,
      failure,
      lag,
      page: 'javascript:document.title="owned"'
    }
    const { page, complaints } = await open(sampleEngine(NOW, { ...hostile, state: 'failing' }))
    expect(await page.locator('.engine bdi').allInnerTexts()).toEqual([SHOWN, SHOWN, SHOWN, SHOWN])
    expect(await page.locator('.trouble bdi').innerText()).toBe(SHOWN)
    expect(await page.locator('main img, .trouble img, .engine a').count()).toBe(0)
    expect(await page.locator('body').innerText()).not.toMatch(/[\u202a-\u202e]/)
    expect(await page.title()).not.toContain('owned')
    expect(complaints).toEqual([])
    await page.close()
  })

  it.each([
    [360, 'light'],
    [390, 'dark'],
    [820, 'light'],
    [1440, 'dark']
  ] as const)('has no sideways scrolling at %i px', async (width, colorScheme) => {
    const failed = failing(NOW, 60_000)
    const message = `${'x'.repeat(300)} ${REFUSED}`
    const lag = [
      { stream: 'y'.repeat(300), messages: 5 },
      { stream: 'z', bytes: 1e9 }
    ]
    const engine = { ...failed, lag, failure: { message, since: NOW - 60_000, attempts: 3 } }
    const { page } = await open(engine, { viewport: { width, height: 900 }, colorScheme })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    await page.screenshot({ path: join(pictures, `engine-${width}.png`), fullPage: true })
    await page.close()
  })
})
