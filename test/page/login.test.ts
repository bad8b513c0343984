import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import type { AxeResults } from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchChromium, LOCALE } from '../../scripts/chromium.ts'
import { signedLinks } from '../../src/server/alerts/links.ts'
import { FEED } from '../../src/server/feed.ts'
import type { RunningServer } from '../../src/server/server.ts'
import { startTestServer, testAccess } from './access.ts'
import type { FakeAlertsService } from './fake-alerts.ts'
import { createFake } from './fake.ts'
import { buildPage, PAGE } from './open.ts'
import { sampleAlert, sampleAlertsService } from './sample-alerts.ts'

const NOW = Date.UTC(2026, 10, 22, 21, 47, 13)
const AXE = readFileSync('node_modules/axe-core/axe.min.js', 'utf8')

const browser: Browser | undefined = await launchChromium()
let server: RunningServer | undefined
let service: FakeAlertsService
let access: ReturnType<typeof testAccess>

beforeAll(buildPage)
beforeEach(() => {
  service = sampleAlertsService(
    () => NOW,
    signedLinks(Buffer.alloc(32), () => NOW)
  )
})
afterEach(() => server?.close())
afterAll(() => browser?.close())

async function start(mode: 'loopback' | 'token', host = '127.0.0.1'): Promise<string> {
  access = testAccess(mode, () => NOW)
  if (host !== '127.0.0.1') access.as('read', 'somebody')
  const dashboard = createFake({ clock: () => NOW, alerts: service })
  dashboard.traffic(1000, 3000)
  const feed = { ...FEED, heartbeat: 500 }
  server = await startTestServer({ host, port: 0, dashboard, page: PAGE, feed, access: access.access })
  return server.address
}

async function open(address: string, options: BrowserContextOptions = {}): Promise<Page> {
  if (!browser) throw new Error('no browser')
  const page = await browser.newPage({ ...LOCALE, viewport: { width: 1000, height: 700 }, ...options })
  page.setDefaultTimeout(60_000)
  await page.goto(address)
  return page
}

async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Token').fill(token)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

const row = (page: Page) => page.locator(`[data-alert=${sampleAlert(NOW).id}]`)

describe.skipIf(!browser)('signing in, in Chromium', { concurrent: false }, () => {
  it('works without scripts, and leads to what was asked for', async () => {
    const page = await open(`${await start('token')}reports/none`, { javaScriptEnabled: false })
    expect(new URL(page.url()).pathname).toBe('/login')
    await signIn(page, 'visor_wrong')
    expect(await page.getByRole('alert').innerText()).toContain('no token that is good')
    await signIn(page, access.tokenOf('read', 'ada'))
    await page.waitForURL('**/reports/none')
    await page.goto(`${server?.address}login`)
    expect(await page.locator('body').innerText()).toContain('ada may look at everything here')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Token').waitFor()
    await page.close()
  })

  it('works by an address of the network too, where browsers tell less of where a form comes from', async context => {
    const host = Object.values(networkInterfaces())
      .flat()
      .find(one => one?.family === 'IPv4' && !one.internal)?.address
    if (host === undefined) return context.skip('this machine has no address but loopback')
    const page = await open(await start('token', host))
    await signIn(page, access.tokenOf('act', 'ada'))
    await page.locator('.account b', { hasText: 'ada' }).waitFor()
    await row(page).getByRole('button', { name: 'Acknowledge' }).click()
    await row(page).getByLabel('What you do about it').fill('on it')
    await page.keyboard.press('Enter')
    await row(page).locator('.remarks', { hasText: 'ada has it in hand' }).waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Token').waitFor()
    await page.close()
    return undefined
  })

  it('is offered to who looks without, and wants to act', async () => {
    const page = await open(`${await start('loopback')}?period=1h`)
    await row(page).getByRole('button', { name: 'Acknowledge' }).click()
    await row(page).getByText('Who acknowledges or silences is signed in').waitFor()
    await row(page).getByRole('link', { name: 'Sign in' }).click()
    await page.getByRole('link', { name: 'Look without signing in' }).waitFor()
    await signIn(page, access.tokenOf('read', 'bob'))
    await page.waitForURL('**/?period=1h')
    await row(page).getByRole('button', { name: 'Silence' }).click()
    await row(page).getByText('bob may look, but not act').waitFor()
    expect(service.alert(sampleAlert(NOW).id)?.acknowledged).toBeUndefined()
    await page.close()
  })

  it('by a link of the command line takes one press', async () => {
    const address = await start('token')
    const page = await open(`${address}login/${access.access.once.make('root')}`)
    await page.getByRole('button', { name: 'Sign in as root' }).click()
    await page.locator('.account b', { hasText: 'root' }).waitFor()
    await page.close()
  })

  it('is asked for anew when the session is over', async () => {
    const page = await open(await start('token'))
    await signIn(page, access.tokenOf('read', 'ada'))
    await page.locator('.pulse.live').waitFor()
    access.access.records.revokeToken('ada')
    await page.getByLabel('Token').waitFor()
    await page.close()
  })

  it.each(['light', 'dark'] as const)('has pages in which axe finds nothing (%s)', async colorScheme => {
    const address = await start('loopback')
    const login = await open(`${address}login`, { colorScheme })
    const found = async (): Promise<string[]> => {
      await login.evaluate(AXE)
      const { violations }: AxeResults = await login.evaluate('axe.run()')
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
    }
    expect(await found()).toEqual([])
    await signIn(login, 'visor_wrong')
    await login.getByRole('alert').waitFor()
    expect(await found()).toEqual([])
    await login.goto(`${address}login/${access.access.once.make('root')}`)
    expect(await found()).toEqual([])
    await login.getByRole('button', { name: 'Sign in as root' }).click()
    await login.locator('.account b').waitFor()
    await login.goto(`${address}login`)
    expect(await found()).toEqual([])
    await login.close()
  })
})
