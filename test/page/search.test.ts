import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../../scripts/chromium.ts'
import type { RunningServer } from '../../src/server/server.ts'
import type { Answers } from '../../src/store/index.ts'
import { createFake, type FakeDashboard } from './fake.ts'
import { buildPage, grouped, openPage, PAGE, type Opened } from './open.ts'
import { makeRequest, randomFrom } from './traffic.ts'
import { startTestServer } from './access.ts'

const NOW = Date.UTC(2026, 10, 22, 21, 47, 13)
const HOSTILE = ['<img src=x onerror=document.title="owned">', '/a "b" \\ (c) OR *', 'a\u202egnp.exe', 'x\ny']

const browser: Browser | undefined = await launchChromium()
let fake: FakeDashboard
let server: RunningServer
const pictures = mkdtempSync(join(tmpdir(), 'visor-pictures-'))

beforeAll(async () => {
  buildPage()
  fake = createFake({ clock: () => NOW })
  fake.traffic(3000, 3000)
  server = await startTestServer({ port: 0, dashboard: fake, page: PAGE })
})

afterAll(async () => {
  await browser?.close()
  await server.close()
})

/** The page of the last hour, with a query in its address. */
function open(query = '', options: BrowserContextOptions = {}, address = server.address): Promise<Opened> {
  const params = new URLSearchParams({ period: '1h', ...(query !== '' && { q: query }) })
  return openPage(browser, `${address}?${params.toString()}`, options)
}

/** What was found, once a query is answered. */
async function foundBy(page: Page, query: string): Promise<Locator> {
  const found = page.locator(`.found[data-query=${JSON.stringify(query)}]:not(.stale)`)
  await found.waitFor()
  return found
}

/** Lines of the last hour that pass, counted by the API. */
async function linesOf(query: string): Promise<number> {
  const { from, to } = await fake.summary('1h')
  const answer = await fake.answers?.count({ where: query, from: String(from), to: String(to), by: 'minute' })
  return (answer?.counts ?? []).reduce((sum, { count }) => sum + count, 0)
}

const input = (page: Page): Locator => page.getByRole('searchbox')
const queryOf = (page: Page): string | null => new URL(page.url()).searchParams.get('q')

describe.skipIf(!browser)('search in Chromium', { concurrent: false }, () => {
  it('finds the lines of the period: how many, when, of whom, and the newest', async () => {
    const { page, complaints } = await open('status:>=400')
    const found = await foundBy(page, 'status:>=400')
    expect(await found.locator('[data-figure=found]').innerText()).toBe(
      grouped(await linesOf('status:>=400'))
    )
    const statuses = await found.locator('.lines bdi').allInnerTexts()
    expect(statuses.filter(text => text.includes('HTTP/1.1')).length).toBe(50)
    expect(statuses.filter(text => / (200|304) \d+ /.test(text))).toEqual([])
    const top = await found.locator('.top .count').allInnerTexts()
    expect(top.length).toBe(8)
    await found.locator('select').selectOption('status')
    await found.locator('.top th', { hasText: '404' }).waitFor()
    expect(await found.locator('.top tr', { hasText: '404' }).locator('.count').innerText()).toBe(
      grouped(await linesOf('status:404'))
    )
    expect(complaints).toEqual([])
    await page.close()
  })

  it('is reached by /, asks on Enter, and stands in the address', async () => {
    const { page } = await open()
    await page.keyboard.press('/')
    await page.keyboard.type('method:POST')
    await page.keyboard.press('Enter')
    await foundBy(page, 'method:POST')
    expect(queryOf(page)).toBe('method:POST')
    await page.keyboard.type(' path:/cart')
    await foundBy(page, 'method:POST path:/cart')
    await page.reload()
    await foundBy(page, 'method:POST path:/cart')
    expect(await input(page).inputValue()).toBe('method:POST path:/cart')
    await page.getByRole('button', { name: 'Clear the search' }).click()
    await page.locator('.found').waitFor({ state: 'detached' })
    expect(queryOf(page)).toBe(null)
    await page.close()
  })

  it('shows what is wrong with a query, and where', async () => {
    const { page } = await open('status:>=400 AND stauts:5')
    const mistake = page.getByRole('alert')
    await mistake.waitFor()
    const [, query, caret] = (await mistake.innerText()).split('\n')
    expect(query).toBe('status:>=400 AND stauts:5')
    expect(caret).toBe(`${' '.repeat(query?.indexOf('stauts') ?? 0)}^`)
    await input(page).fill('status:>=400')
    await foundBy(page, 'status:>=400')
    expect(await mistake.count()).toBe(0)
    await page.close()
  })

  it('searches for a value of a table, narrows by a value found, and goes back', async () => {
    const { page } = await open()
    const path = page.locator('table[data-metric=error_path] a').first()
    const [key, lines] = [
      await path.innerText(),
      await page.locator('table[data-metric=error_path] .count').first().innerText()
    ]
    await path.click()
    const first = `path:${key} AND status:>=400`
    const found = await foundBy(page, first)
    expect(await found.locator('[data-figure=found]').innerText()).toBe(lines)
    const client = found.locator('.top a').first()
    const narrowed = `${first} AND client:${await client.innerText()}`
    const ofClient = await found.locator('.top .count').first().innerText()
    await client.click()
    await foundBy(page, narrowed)
    expect(await page.locator('[data-figure=found]').innerText()).toBe(ofClient)
    await page.goBack()
    await foundBy(page, first)
    await page.goBack()
    await page.locator('.found').waitFor({ state: 'detached' })
    await page.close()
  })

  it('shows the messages of the error log, and searches for one', async () => {
    const { page } = await open()
    const { from, to } = await fake.summary('1h')
    const answer = await fake.answers?.signatures({ from: String(from), to: String(to) })
    const rows = page.locator('.signatures tbody tr')
    await rows.first().waitFor()
    expect(await rows.locator('a > bdi').allInnerTexts()).toEqual(
      answer?.signatures.map(({ signature }) => signature)
    )
    const count = await rows.first().locator('.count').innerText()
    await rows.first().locator('a').click()
    const found = page.locator('.found:not(.stale)')
    await found.waitFor()
    expect(await found.locator('[data-figure=found]').innerText()).toBe(count)
    await page.close()
  })

  it('keeps hostile log text as text, and finds each again by a click', async () => {
    const dashboard = createFake({ clock: () => NOW })
    for (const path of HOSTILE) dashboard.request({ ...makeRequest(NOW, randomFrom(6)), path, agent: path })
    const hostile = await startTestServer({ port: 0, dashboard, page: PAGE })
    const { page, complaints } = await open('status:*', {}, hostile.address)
    await (await foundBy(page, 'status:*')).locator('select').selectOption('path')
    await page.locator('.top th', { hasText: 'onerror' }).waitFor()
    expect(await page.locator('main img, main script').count()).toBe(0)
    expect(await page.locator('body').innerText()).not.toMatch(/[\u202a-\u202e]/)
    for (const link of await page.locator('table[data-metric=path] a').all()) {
      await link.click()
      await page.locator('.found:not(.stale) [data-figure=found]', { hasText: /^1$/ }).waitFor()
      await input(page).fill('status:*')
      await foundBy(page, 'status:*')
    }
    expect(await page.title()).toBe('Visor')
    expect(complaints).toEqual([])
    await page.close()
    await hostile.close()
  })

  it('says that lines are not kept, and shows what was counted', async () => {
    const counting = createFake({ clock: () => NOW, countingEngine: 'counting' })
    counting.traffic(300, 300)
    const without = await startTestServer({ port: 0, dashboard: counting, page: PAGE })
    const { page } = await open('status:404', {}, without.address)
    const note = page.locator('.search [role=alert]')
    await note.waitFor()
    expect(await note.innerText()).toBe('Lines could not be loaded: the engine counting keeps no lines.')
    expect(await page.locator('.found').count()).toBe(0)
    expect(await page.locator('.search input').getAttribute('aria-invalid')).toBe('false')
    await page.locator('table[data-metric=message]').waitFor()
    expect(await page.locator('table[data-metric=path] tbody tr').count()).toBeGreaterThan(1)
    await page.close()
    await without.close()
  })

  it('shows how far a search is that takes long, and gives it up', async () => {
    const dashboard = createFake({ clock: () => NOW })
    dashboard.request(makeRequest(NOW, randomFrom(1)))
    const { answers } = dashboard
    if (!answers) throw new Error('no answers')
    let given = 0
    const go = Promise.withResolvers<void>()
    const slowly: Answers['lines'] = async (parameters, call) => {
      const gone = new Promise<void>(done => call?.signal?.addEventListener('abort', () => done()))
      call?.onProgress?.({ done: 3, total: 12, unit: 'task', bytes: 5_000_000 })
      await Promise.race([go.promise, gone.then(() => void given++)])
      return answers.lines(parameters, call)
    }
    const slow = await startTestServer({
      port: 0,
      dashboard: { ...dashboard, answers: { ...answers, lines: slowly } },
      page: PAGE
    })
    const { page, complaints } = await open('status:*', {}, slow.address)
    await page.getByText('3 of 12 tasks, 5.0 MB read').waitFor()
    expect(await page.locator('.search progress').getAttribute('value')).toBe('3')
    await page.screenshot({ path: join(pictures, 'search-slow.png') })
    await page.getByRole('button', { name: 'Cancel the search' }).click()
    await page.getByText('The search was cancelled.').waitFor()
    await expect.poll(() => given).toBe(1)
    expect(await page.locator('.found').count()).toBe(0)
    await page.getByRole('button', { name: 'Search again' }).click()
    await page.getByText('3 of 12 tasks').waitFor()
    go.resolve()
    await foundBy(page, 'status:*')
    expect(await page.locator('.slow').count()).toBe(0)
    expect(complaints).toEqual([])
    await page.close()
    await slow.close()
  })

  it('offers all lines where the period has none that pass', async () => {
    const dashboard = createFake({ clock: () => NOW })
    dashboard.request(makeRequest(NOW, randomFrom(1)))
    dashboard.request({ ...makeRequest(NOW - 86_400_000, randomFrom(1)), path: '/long-ago' })
    const old = await startTestServer({ port: 0, dashboard, page: PAGE })
    const { page } = await open('path:/long-ago', {}, old.address)
    await page.getByRole('button', { name: 'Search them all' }).click()
    await page.locator('[data-figure=found]', { hasText: /^1$/ }).waitFor()
    await page.close()
    await old.close()
  })

  it.each([
    [360, 'light'],
    [390, 'dark'],
    [1440, 'light']
  ] as const)('has no sideways scrolling at %i px', async (width, colorScheme) => {
    const { page } = await open('status:>=400 OR level:*', { viewport: { width, height: 900 }, colorScheme })
    await foundBy(page, 'status:>=400 OR level:*')
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    await page.screenshot({ path: join(pictures, `search-${width}.png`), fullPage: true })
    await page.close()
  })
})
