import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { launchChromium, LOCALE } from '../scripts/chromium.ts'
import { signedLinks } from '../src/server/alerts/links.ts'
import { Authority, hasOpenssl } from '../src/sources/testing/certificates.ts'
import { pageSettings } from '../src/config/page.ts'
import { ownFolder } from './folder.ts'
import { startTestServer, testAccess } from './page/access.ts'
import { createFake } from './page/fake.ts'
import { buildPage, PAGE } from './page/open.ts'
import { sampleAlert, sampleAlertsService } from './page/sample-alerts.ts'
import { freePort } from './port.ts'

/*
 * The settings for a real nginx (Debian's package) that docs/access.md has, before a page in a real browser.
 */
const NGINX = '/usr/sbin/nginx'
const NOW = Date.UTC(2026, 10, 30, 14)
const ALERT = sampleAlert(NOW).id

const browser: Browser | undefined = await launchChromium()
beforeAll(buildPage)
afterAll(() => browser?.close())

/** The settings for nginx in docs/access.md that have some part. */
function documented(part: string): string {
  const blocks = readFileSync('docs/access.md', 'utf8').matchAll(/```nginx\n(.*?)```/gs)
  const found = [...blocks].map(([, block = '']) => block).find(block => block.includes(part))
  if (found === undefined) throw new Error(`docs/access.md has no nginx with ${part}`)
  return found
}

/** nginx with a server as documented, for the time of the test. */
async function startNginx(folder: string, server: string, port: number): Promise<void> {
  const authority = new Authority('nginx')
  const { key, cert } = authority.sign('localhost')
  authority.remove()
  writeFileSync(join(folder, 'privkey.pem'), key)
  writeFileSync(join(folder, 'fullchain.pem'), cert)
  writeFileSync(
    join(folder, 'visor.htpasswd'),
    `ada:${execFileSync('openssl', ['passwd', '-apr1', 'secret']).toString()}`
  )
  mkdirSync(join(folder, 'tmp'))
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    name => `${name}_temp_path ${folder}/tmp/${name};`
  )
  writeFileSync(
    join(folder, 'nginx.conf'),
    `${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events { worker_connections 128; }
http { access_log off; ${temporary.join(' ')}
${server.replaceAll('/etc/ssl/visor', folder).replaceAll('/etc/nginx', folder).replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`).replace('visor.example.org', 'localhost')}
}`
  )
  const nginx = spawn(NGINX, ['-p', folder, '-e', `${folder}/error.log`, '-c', join(folder, 'nginx.conf')], {
    stdio: 'inherit'
  })
  onTestFinished(() => void nginx.kill('SIGTERM'))
  await expect.poll(() => existsSync(join(folder, 'nginx.pid')), { timeout: 20_000 }).toBe(true)
}

async function open(address: string, options: BrowserContextOptions = {}): Promise<Page> {
  if (!browser) throw new Error('no browser')
  const page = await browser.newPage({ ...LOCALE, ignoreHTTPSErrors: true, ...options })
  page.setDefaultTimeout(60_000)
  await page.goto(address)
  return page
}

/** A page with alerts behind an nginx as documented; gives the address there. */
async function start(
  settings: object,
  block: (tokenOf: ReturnType<typeof testAccess>['tokenOf']) => string,
  path: string
) {
  const folder = ownFolder('nginx')
  const port = await freePort()
  const url = `https://localhost:${port}${path}`
  const { proxy } = pageSettings.parse({ url, ...settings })
  const { access, tokenOf } = testAccess('token', () => NOW)
  const alerts = sampleAlertsService(
    () => NOW,
    signedLinks(Buffer.alloc(32), () => NOW)
  )
  const dashboard = createFake({ clock: () => NOW, alerts })
  dashboard.traffic(1000, 3000)
  const server = await startTestServer({
    port: 0,
    url,
    dashboard,
    page: PAGE,
    access: { ...access, url, proxy }
  })
  onTestFinished(() => server.close())
  const proxied = server.address.replace(/\/$/, '')
  await startNginx(folder, block(tokenOf).replace('http://127.0.0.1:7070', proxied), port)
  return { url, access, tokenOf, alerts, direct: server.address }
}

const acknowledge = async (page: Page): Promise<void> => {
  const row = page.locator(`[data-alert=${ALERT}]`)
  await row.getByRole('button', { name: 'Acknowledge' }).click()
  await row.getByLabel('What you do about it').fill('on it')
  await page.keyboard.press('Enter')
  await row.locator('.remarks', { hasText: 'has it in hand' }).waitFor()
}

describe.skipIf(!browser || !existsSync(NGINX) || !hasOpenssl)('behind nginx', { concurrent: false }, () => {
  it('below a path, people sign in, see the page live, act, and sign out', async () => {
    const { url, tokenOf, alerts, access } = await start(
      { proxy: { trusted: ['127.0.0.1'] } },
      () => documented('location /visor/'),
      '/visor/'
    )
    const page = await open(`${url}?period=1h`)
    const complaints: string[] = []
    page.on('console', message => message.type() === 'error' && complaints.push(message.text()))
    expect(page.url()).toMatch(/\/visor\/login\?next=/)
    await page.getByLabel('Token').fill(tokenOf('act', 'ada'))
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL(`${url}?period=1h`)
    await page.locator('.pulse.live').waitFor()
    await page.locator('.account b', { hasText: 'ada' }).waitFor()
    const [cookie, ...more] = await page.context().cookies()
    expect(more).toEqual([])
    expect(cookie).toMatchObject({ path: '/visor', secure: true, httpOnly: true, sameSite: 'Lax' })
    await acknowledge(page)
    expect(alerts.alert(ALERT)?.acknowledged).toMatchObject({ owner: 'ada' })
    expect(complaints).toEqual([])
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Token').waitFor()
    await page.goto(`${url}login/${access.once.make('root')}`)
    await page.getByRole('button', { name: 'Sign in as root' }).click()
    await page.waitForURL(url)
    await page.close()
  })

  it('people are whom nginx has let in, and nobody else can say so', async () => {
    const { url, alerts, direct } = await start(
      {
        proxy: {
          trusted: ['127.0.0.1'],
          user: 'Remote-User',
          groups: 'Remote-Groups',
          roles: { act: ['ada'] },
          token: 'nginx'
        }
      },
      tokenOf =>
        `server { listen 443 ssl; server_name localhost; ssl_certificate /etc/ssl/visor/fullchain.pem;
        ssl_certificate_key /etc/ssl/visor/privkey.pem; ${documented('auth_basic')} }`.replace(
          'TOKEN',
          tokenOf('read', 'nginx')
        ),
      '/'
    )
    const headers = { 'remote-user': 'ada' }
    expect((await fetch(`${direct}api/status`, { headers })).status).toBe(401)
    const page = await open(url, { httpCredentials: { username: 'ada', password: 'secret' } })
    await page.locator('.account b', { hasText: 'ada' }).waitFor()
    await acknowledge(page)
    expect(alerts.alert(ALERT)?.acknowledged).toMatchObject({ owner: 'ada' })
    await page.close()
  })
})
