/**
 * Takes a picture of a running page: `node scripts/screenshot.ts URL OUT.png [--dark] [--width 1440] [--height 900] [--full]`, or of a
 * report as one HTML file, whose name stands for the URL.
 */
import { parseArgs } from 'node:util'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { launchChromium, LOCALE } from './chromium.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    dark: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    width: { type: 'string', default: '1440' },
    height: { type: 'string', default: '900' },
    wait: { type: 'string', default: '1500' }
  }
})
const [url, out] = positionals
if (url === undefined || out === undefined)
  throw new Error('usage: screenshot.ts URL OUT.png [--dark] [--width N]')

const browser = await launchChromium()
if (!browser) throw new Error('there is no Chromium that runs here')
try {
  const page = await browser.newPage({
    ...LOCALE,
    viewport: { width: Number(values.width), height: Number(values.height) },
    colorScheme: values.dark ? 'dark' : 'light',
    deviceScaleFactor: 2
  })
  await page.goto(url.endsWith('.html') ? pathToFileURL(resolve(url)).href : url)
  await page.locator('.headline, .empty, .verdict').first().waitFor({ timeout: 10_000 })
  await page.waitForTimeout(Number(values.wait))
  await page.screenshot({ path: out, fullPage: values.full })
} finally {
  await browser.close()
}
