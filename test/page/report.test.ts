import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AxeResults } from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium, LOCALE } from '../../scripts/chromium.ts'
import type { ReportDocument, TableBlock } from '../../src/reports/block.ts'
import { reportHtml } from '../../src/reports/html.ts'
import { HOSTILE, sampleReport } from '../../src/reports/testing/sample.ts'

const browser: Browser | undefined = await launchChromium()
const folder = mkdtempSync(join(tmpdir(), 'visor-report-'))
const AXE = readFileSync('node_modules/axe-core/axe.min.js', 'utf8')

beforeAll(() => {
  if (!existsSync('dist/report/render.mjs')) execFileSync(process.execPath, ['scripts/build.ts', 'report'])
})

afterAll(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true })
})

interface Opened {
  readonly page: Page
  /** What went wrong, by the page's own console. */
  readonly complaints: string[]
  /** What was asked of the network. */
  readonly requests: string[]
}

/** A report as a file in the browser. */
async function open(report: ReportDocument, options: BrowserContextOptions = {}): Promise<Opened> {
  if (!browser) throw new Error('no browser')
  const file = join(folder, 'report.html')
  writeFileSync(file, await reportHtml(report))
  const address = pathToFileURL(file).href
  const page = await browser.newPage({ ...LOCALE, viewport: { width: 1280, height: 900 }, ...options })
  page.setDefaultTimeout(60_000)
  const [complaints, requests]: [string[], string[]] = [[], []]
  page.on('console', message => complaints.push(message.text()))
  page.on('pageerror', error => complaints.push(String(error)))
  page.on('request', request => {
    if (request.url() !== address && !request.url().startsWith('data:')) requests.push(request.url())
  })
  await page.goto(address)
  return { page, complaints, requests }
}

/** The keys of a table as they are shown, from the top. */
const keysOf = (page: Page, name: string): Promise<string[]> =>
  page.locator(`#block-${name} tbody tr:visible th`).allInnerTexts()

/** A report with some large tables of long keys. */
function largeReport(tables: number, rows: number): ReportDocument {
  const table = sampleReport().blocks.find(block => block.type === 'table')
  if (!table) throw new Error('the sample has no table')
  const blocks = Array.from({ length: tables }, (_, t): TableBlock => ({
    ...table,
    name: `table-${t}`,
    title: `Table ${t}`,
    rows: Array.from({ length: rows }, (_, i) => ({
      cells: [
        `/a/rather/long/path/of/${t}/with-${i}-and-some-more-to-read.html`,
        1e6 - i,
        (1e6 - i) / 1e8,
        7e9 - i * 1e6
      ]
    }))
  }))
  return { ...sampleReport(), blocks: [...sampleReport().blocks, ...blocks] }
}

describe('a report as one HTML file', () => {
  it('stays under 500 kB with 100 rows in each of 20 tables', async () => {
    expect(Buffer.byteLength(await reportHtml(largeReport(20, 100)))).toBeLessThan(500_000)
  })

  it('names no address but those of the page in it', async () => {
    const html = (await reportHtml(sampleReport())).replaceAll(/<script>.*?<\/script>/gs, '')
    const addresses = [...html.matchAll(/(?:src|href|action|url)\s*[=(]\s*["']?([^"')\s>]+)/g)].map(
      ([, found]) => found
    )
    expect(
      addresses.filter(found => !/^(#|data:|https:\/\/visor\.example\.org\/)/.test(found ?? ''))
    ).toEqual([])
  })
})

describe.skipIf(!browser)('a report as one HTML file in Chromium', { concurrent: false }, () => {
  it('asks nothing of the network, and complains of nothing', async () => {
    const { page, complaints, requests } = await open(sampleReport())
    await page.locator('.canvas.drawn svg').waitFor()
    expect({ complaints, requests }).toEqual({ complaints: [], requests: [] })
    await page.close()
  })

  it.each([
    ['light', {}],
    ['dark', { colorScheme: 'dark' }],
    ['phone', { viewport: { width: 390, height: 844 } }]
  ] as const)('is accessible: axe finds nothing (%s)', async (_, options) => {
    const report = sampleReport()
    const [table] = report.blocks.filter(({ type }) => type === 'table')
    // A group may have a block of its own name, and two groups blocks of the same.
    const twice = ['Paths', 'Others'].map(group => ({ ...table!, name: group, title: 'Paths', group }))
    const { page } = await open({ ...report, blocks: [...report.blocks, ...twice] }, options)
    await page.locator('.canvas.drawn').waitFor()
    await page.locator('.values summary').click()
    await page.evaluate(AXE)
    const { violations }: AxeResults = await page.evaluate('axe.run()')
    expect(violations.map(({ id, nodes }) => [id, nodes.map(node => node.html)])).toEqual([])
    await page.close()
  })

  it.each(HOSTILE)('keeps hostile text as text: %j', async text => {
    const html = await reportHtml(sampleReport(text))
    // oxlint-disable-next-line no-control-regex
    expect(html).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f\u200b\u202a-\u202e]|\p{Cs}/u)
    const { page, complaints } = await open(sampleReport(text))
    await page.locator('.canvas.drawn svg').waitFor()
    expect(await page.title()).not.toBe('owned')
    const own = (selector: string): Promise<number> => page.locator(selector).count()
    expect(await own('img, iframe, object, embed, base, form')).toBe(0)
    expect([await own('script'), await own('style'), await own('main svg')]).toEqual([2, 1, 1])
    expect(
      await page.evaluate(
        '[...document.querySelectorAll("*")].some(one => [...one.attributes].some(({ name }) => name.startsWith("on")))'
      )
    ).toBe(false)
    const shown = text
      .replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '')
      .slice(0, 40)
      .trim()
    const first = await page.locator('#block-path tbody th').first().textContent()
    expect(first?.replaceAll(/⟨[0-9A-F]+⟩/g, '')).toContain(shown)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('follows no link but those of the web', async () => {
    const link = 'javascript:document.title="owned"'
    const { page } = await open({ ...sampleReport(), link, online: link })
    expect(await page.locator('main a[href^=javascript]').count()).toBe(0)
    await page.close()
  })

  it('is sorted by its heads, with the keyboard too', async () => {
    const { page } = await open(sampleReport())
    const head = page.locator('#block-path thead th').nth(1)
    await head.getByRole('button').focus()
    await page.keyboard.press('Enter')
    expect(await head.getAttribute('aria-sort')).toBe('descending')
    expect((await keysOf(page, 'path'))[0]).toBe('/index.html')
    await page.keyboard.press('Enter')
    expect(await head.getAttribute('aria-sort')).toBe('ascending')
    expect((await keysOf(page, 'path')).slice(0, 2)).toEqual(['/page/11', '/page/10'])
    const keys = page.locator('#block-path thead th').first()
    await keys.getByRole('button').press('Space')
    expect([await keys.getAttribute('aria-sort'), await head.getAttribute('aria-sort')]).toEqual([
      'ascending',
      null
    ])
    expect((await keysOf(page, 'path')).slice(0, 3)).toEqual(['(empty)', '/index.html', '/page/2'])
    // What is unknown is last in both directions.
    const visitors = page.locator('#block-visitors-by-day thead th').nth(1).getByRole('button')
    for (let press = 0; press < 2; press++) {
      await visitors.click()
      expect((await keysOf(page, 'visitors-by-day')).at(-1)).toBe('Fri 2026-01-30')
    }
    await page.close()
  })

  it('is filtered, all of it or a table, and shows all rows when asked', async () => {
    const { page } = await open(sampleReport())
    expect(await keysOf(page, 'path')).toHaveLength(10)
    await page.getByRole('button', { name: 'Show all 12' }).click()
    expect(await keysOf(page, 'path')).toHaveLength(12)
    await page.keyboard.press('/')
    await page.keyboard.type('PAGE/1')
    expect(await keysOf(page, 'path')).toEqual(['/page/10', '/page/11'])
    expect(await keysOf(page, 'visitors-by-day')).toEqual([])
    expect(await page.locator('#block-visitors-by-day .none').isVisible()).toBe(true)
    expect(await page.locator('#block-path tfoot').isVisible()).toBe(false)
    expect(await page.getByRole('status').textContent()).toBe('2 rows match.')
    await page.getByRole('searchbox', { name: 'Filter Paths' }).fill('11')
    expect(await keysOf(page, 'path')).toEqual(['/page/11'])
    await page.close()
  })

  it('leads from a row to its lines on the page', async () => {
    const { page } = await open(sampleReport())
    const address = await page.locator('#block-path tbody a', { hasText: '/page/3' }).getAttribute('href')
    expect(new URL(address ?? '').searchParams.get('q')).toBe('path:"/page/3"')
    expect(new URL(address ?? '').searchParams.get('from')).toBe('1769814000000')
    await page.close()
  })

  it('shows the values of a bucket of its chart, with the keyboard too', async () => {
    const { page } = await open(sampleReport())
    const panel = page.locator('[data-chart]')
    const whole = await panel.locator('.legend').innerText()
    const canvas = panel.locator('.canvas')
    expect(await canvas.getAttribute('aria-label')).toContain('5xx: 2,064, most at 2026-01-31 13:00')
    await canvas.focus()
    await page.keyboard.press('Home')
    expect(await panel.locator('.head .faint').innerText()).toContain('2026-01-31 00:00:00')
    for (let hour = 0; hour < 13; hour++) await page.keyboard.press('ArrowRight')
    expect(await panel.locator('.legend').innerText()).toMatch(/5xx\s+1,800/)
    await page.keyboard.press('Escape')
    expect(await panel.locator('.legend').innerText()).toBe(whole)
    await page.close()
  })

  it('is complete without JavaScript, and offers nothing that needs it', async () => {
    const { page } = await open(sampleReport(), { javaScriptEnabled: false })
    expect(await page.locator('#block-path tbody tr:visible').count()).toBe(12)
    expect(await page.locator('button:visible, input:visible').count()).toBe(0)
    expect(await page.locator('.canvas svg').isVisible()).toBe(true)
    await page.locator('.values summary').click()
    expect(await page.locator('.values tbody tr:visible').count()).toBe(24)
    await page.close()
  })

  it('cuts nothing: no row on paper, nothing beside a telephone', async () => {
    const { page } = await open(largeReport(3, 30))
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    await page.setViewportSize({ width: 703, height: 1000 })
    expect(await page.locator('#block-table-1 tbody tr:visible').count()).toBe(30)
    expect(await page.locator('.bar:visible, .more:visible, .head input:visible').count()).toBe(0)
    const wider =
      '[...document.querySelectorAll(".scroll, body, .panel")].filter(one => one.scrollWidth > one.clientWidth + 1).map(one => [one.id || one.className, one.scrollWidth, one.clientWidth])'
    expect(await page.evaluate(wider)).toEqual([])
    const ink = await page.evaluate('getComputedStyle(document.querySelector("h1")).color')
    expect(ink).toBe('rgb(29, 33, 38)')
    await page.emulateMedia({ media: 'screen' })
    await page.setViewportSize({ width: 390, height: 844 })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
    await page.close()
  })

  it('follows the system in dark and light, until the reader chooses', async () => {
    const { page } = await open(sampleReport(), { colorScheme: 'dark' })
    const background = (): Promise<string> =>
      page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
    const dark = await background()
    await page.getByRole('button', { name: 'Use the other theme' }).click()
    await expect.poll(background).not.toBe(dark)
    await page.emulateMedia({ colorScheme: 'light' })
    await page.getByRole('button', { name: 'Use the other theme' }).click()
    await expect.poll(background).toBe(dark)
    await page.close()
  })
})
