import { existsSync } from 'node:fs'
import sparticuz from '@sparticuz/chromium'
import { chromium, type Browser } from 'playwright-core'

const SYSTEM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

// Without `--lang`, Chromium under the POSIX locale calls its language `en-US@posix`, which its own Intl refuses.
const FLAGS = [
  '--lang=en-US',
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-sync',
  '--no-first-run'
]

/**
 * Starts the Chromium that `npm ci` brought or, where that one cannot run, one of the system; `undefined` where
 * there is neither.
 */
export async function launchChromium(): Promise<Browser | undefined> {
  sparticuz.setGraphicsMode = false
  const bundled = await sparticuz.executablePath().catch(() => undefined)
  const attempts = [
    { path: bundled, args: [...sparticuz.args, ...FLAGS] },
    ...SYSTEM.map(path => ({ path, args: FLAGS }))
  ]
  for (const { path, args } of attempts) {
    if (path === undefined || !existsSync(path)) continue
    const browser = await chromium
      .launch({ executablePath: path, args, headless: true })
      .catch(() => undefined)
    if (browser) return browser
  }
  return undefined
}
