import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { LOCALE } from '../../scripts/chromium.ts'

/** Folder of the built page. */
export const PAGE = 'dist/page'

/** Builds the page where it is not built. */
export function buildPage(): void {
  if (!existsSync(join(PAGE, 'index.html'))) execFileSync('vite', ['build', '--logLevel', 'warn'])
}

export interface Opened {
  readonly page: Page
  /** What went wrong in the page, by its own console. */
  readonly complaints: string[]
}

/** The page at an address, with the figures of the period shown. */
export async function openPage(
  browser: Browser | undefined,
  address: string,
  options: BrowserContextOptions = {}
): Promise<Opened> {
  if (!browser) throw new Error('no browser')
  const page = await browser.newPage({ ...LOCALE, viewport: { width: 1440, height: 900 }, ...options })
  page.setDefaultTimeout(60_000)
  const complaints: string[] = []
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', error => complaints.push(String(error)))
  await page.goto(address)
  await page.locator('.headline, .empty').first().waitFor()
  return { page, complaints }
}

/** A number as the page writes it. */
export function grouped(value: number): string {
  return value.toLocaleString('en-US')
}
