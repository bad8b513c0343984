import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchChromium } from '../../scripts/chromium.ts'
import { signedLinks } from '../../src/server/alerts/links.ts'
import { linkCaller } from '../../src/server/access/access.ts'
import type { RunningServer } from '../../src/server/server.ts'
import type { FakeAlertsService } from './fake-alerts.ts'
import { startTestServer, testAccess } from './access.ts'
import { createFake, type FakeDashboard } from './fake.ts'
import { buildPage, openPage, PAGE, type Opened } from './open.ts'
import { guessing, sampleAlert, sampleAlertsService, sampleNotification } from './sample-alerts.ts'

const NOW = Date.UTC(2026, 10, 22, 21, 47, 13)
const HOSTILE = '<img src=x onerror=document.title="owned">\u202egnp.exe'
const SHOWN = '<img src=x onerror=document.title="owned">⟨202E⟩gnp.exe'

const browser: Browser | undefined = await launchChromium()
const links = signedLinks(Buffer.alloc(32), () => NOW)
const pictures = mkdtempSync(join(tmpdir(), 'visor-pictures-'))
let service: FakeAlertsService
let fake: FakeDashboard
let server: RunningServer
let signedIn: BrowserContextOptions

beforeAll(buildPage)
beforeEach(async () => {
  service = sampleAlertsService(() => NOW, links)
  fake = createFake({ clock: () => NOW, alerts: service })
  fake.traffic(1000, 3000)
  const { access, as } = testAccess()
  signedIn = { extraHTTPHeaders: as('act', 'Ada') }
  server = await startTestServer({ port: 0, dashboard: fake, page: PAGE, access })
})
afterEach(() => server.close())
afterAll(() => browser?.close())

/** The last hour, with the alerts there. */
async function open(options: BrowserContextOptions = {}, more = ''): Promise<Opened> {
  const opened = await openPage(browser, `${server.address}?period=1h${more}`, options)
  await opened.page.locator('.alerts .head').waitFor()
  return opened
}

const row = (page: Page, id: string): Locator => page.locator(`[data-alert=${id}]`)
const view = (page: Page, name: string): Promise<void> =>
  page.locator('.views').getByRole('button', { name }).click()

describe.skipIf(!browser)('alerts in Chromium', { concurrent: false }, () => {
  it('shows what fires, what is about to, and what is over; in the header and the title too', async () => {
    const { page, complaints } = await open()
    await page.locator('.rows.resolved .alert').waitFor()
    expect(await page.locator('#alerts-title').textContent()).toBe('Alerts: 2 firing, 1 pending')
    expect(await page.locator('.rows.firing strong').allInnerTexts()).toEqual([
      'Many server errors',
      'Passwords are tried'
    ])
    expect(await page.locator('.rows.pending strong').allInnerTexts()).toEqual(['Slow answers'])
    expect(await row(page, sampleAlert(NOW).id).locator('.measure').innerText()).toMatch(
      /7\.2%\s+limit 5%\s+usual 0\.3%/
    )
    expect(await page.locator('.badge').innerText()).toContain('2 firing')
    expect(await page.title()).toBe('(2) Visor')
    expect(complaints).toEqual([])
    await page.close()
  })

  it('follows what happens, until one quiet line is left', async () => {
    const { page } = await open()
    service.put(guessing(NOW, '198.51.100.9'))
    await row(page, guessing(NOW, '198.51.100.9').id).waitFor()
    expect(await page.title()).toBe('(3) Visor')
    expect(await page.locator('.rows.firing .alert').count()).toBe(3)
    for (const alert of [...service.answer().firing, ...service.answer().pending])
      service.put({ ...alert, phase: 'resolved', resolved: NOW })
    await page.locator('.alerts.calm').waitFor()
    await page.locator('.alert').first().waitFor({ state: 'detached' })
    expect(await page.title()).toBe('Visor')
    expect(await page.locator('.alerts .head').innerText()).toMatch(
      /No alerts\s+5 rules watch, last fired .*: Passwords are tried/
    )
    expect(await page.locator('.badge').innerText()).toBe('')
    await page.close()
  })

  it('shows why an alert fired when it is opened, by the keyboard or by a link', async () => {
    const { page } = await open()
    const alert = row(page, sampleAlert(NOW).id)
    await alert.locator('.opener').focus()
    await page.keyboard.press('Enter')
    const evidence = alert.locator('.evidence')
    await evidence.locator('li').first().waitFor()
    const shown = await evidence.innerText()
    expect(shown).toContain('"POST /checkout/confirm HTTP/1.1" 502')
    expect(shown).toContain("AH01071: Got error 'Primary script unknown'")
    expect(shown).toMatch(/path \/checkout\/confirm\s+72\s+4.0% →\s+83.0%/)
    expect(shown).toContain('fired 2.60 ms after its line was written')
    await evidence.getByText('Search its lines').click()
    await page.locator('.found[data-query="status:[500 TO 600} AND vhost:shop.example.com"]').waitFor()
    await page.close()
    const linked = await open({}, `&alert=${guessing(NOW, '198.51.100.7').id}`)
    await linked.page.locator('.evidence', { hasText: 'POST /login' }).waitFor()
    await linked.page.close()
  })

  it('acknowledges as who is signed in, and gives back', async () => {
    const { page } = await open(signedIn)
    const [first, second] = [row(page, sampleAlert(NOW).id), row(page, guessing(NOW, '198.51.100.7').id)]
    await first.getByRole('button', { name: 'Acknowledge' }).click()
    await first.getByLabel('What you do about it').and(page.locator(':focus')).waitFor()
    await page.keyboard.type('restarting php-fpm')
    await page.keyboard.press('Enter')
    await first.locator('.remarks', { hasText: 'Ada has it in hand' }).waitFor()
    expect(await first.locator('.remarks').innerText()).toContain(': restarting php-fpm')
    expect(service.alert(sampleAlert(NOW).id)?.acknowledged).toMatchObject({ owner: 'Ada' })
    const comment = second.getByLabel('What you do about it')
    await second.getByRole('button', { name: 'Acknowledge' }).click()
    await comment.and(page.locator(':focus')).waitFor()
    await page.keyboard.press('Escape')
    await comment.waitFor({ state: 'detached' })
    await second.getByRole('button', { name: 'Acknowledge' }).click()
    await second.getByLabel('What you do about it').and(page.locator(':focus')).waitFor()
    await page.keyboard.press('Enter')
    await page.locator('.badge a.quiet', { hasText: 'all in hand' }).waitFor()
    await first.getByRole('button', { name: 'Give back' }).click()
    await first.getByRole('button', { name: 'Acknowledge' }).waitFor()
    expect(service.alert(sampleAlert(NOW).id)?.acknowledged).toBeUndefined()
    await page.close()
  })

  it('silences, says what is wrong with a query, and ends a silence', async () => {
    const { page } = await open(signedIn)
    const alert = row(page, guessing(NOW, '198.51.100.7').id)
    await alert.getByRole('button', { name: 'Silence' }).click()
    const query = alert.getByLabel('Alerts that match this')
    expect(await query.inputValue()).toBe('rule:password-guessing AND client:198.51.100.7')
    await query.fill('rule:(')
    await page.keyboard.press('Enter')
    expect(await alert.getByRole('alert').innerText()).toContain('^')
    await query.fill('rule:password-guessing AND client:198.51.100.7')
    await alert.getByLabel('For').selectOption('1 day')
    await page.keyboard.press('Enter')
    await alert.locator('.remarks', { hasText: 'Silenced until' }).waitFor()
    expect(service.answer().silences.at(-1)).toMatchObject({ author: 'Ada', ends: NOW + 86_400_000 })
    await view(page, 'Silences')
    const silence = page.locator('.silence', { hasText: 'password-guessing' })
    expect(await silence.innerText()).toContain('silences 1 firing alert')
    await silence.getByRole('button', { name: 'End now' }).click()
    await silence.waitFor({ state: 'detached' })
    expect(service.answer().silences.length).toBe(1)
    await page.close()
  })

  it('shows history, rules, and messages with what they took', async () => {
    const { page, complaints } = await open()
    await view(page, 'History')
    await page.locator('.events li').first().waitFor()
    expect(await page.locator('.events .what').allInnerTexts()).toEqual([
      'pending',
      'fired',
      'fired',
      'resolved'
    ])
    await view(page, 'Rules')
    await page.locator('.rule').first().waitFor()
    expect(await page.locator('.rule').count()).toBe(5)
    expect(await page.locator('.rule', { hasText: 'new-error' }).innerText()).toContain(
      'learns what is usual for 23 h more'
    )
    await view(page, 'Messages')
    await page.locator('.mailbox a').waitFor()
    const note = (at: number): Promise<string> => page.locator('.alerts .note').nth(at).innerText()
    await expect.poll(() => note(0)).toBe('ops mail: Muted, 2 held back Slow answers')
    await expect.poll(() => note(1)).toContain('median 23.4 ms, p99 31.7 ms of the last 3')
    await view(page, 'Messages')
    await page.locator('.mailbox').waitFor({ state: 'detached' })
    const ada = { name: 'ada', role: 'act', from: '192.0.2.1', by: 'session' } as const
    fake.acts.record(ada, { what: 'silence', about: 'rule:tea for 2 h' })
    await view(page, 'Audit log')
    await expect
      .poll(() => page.locator('.events li').first().innerText())
      .toMatch(/done\s+silence: rule:tea for 2 h ada \(act, signed in\), from 192\.0\.2\.1/)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('opens a mail where nothing in it can run, and what it links to can be opened', async () => {
    const script = '<script>document.title="owned"</script><img src="x" onerror="document.title=\'owned\'">'
    const link = `<a href="${server.address}act/x">Acknowledge</a>`
    service.receive({
      name: 'x.eml',
      subject: HOSTILE,
      at: NOW,
      text: '',
      html: `<title>mail</title>${script}${link}`
    })
    const { page } = await open()
    await view(page, 'Messages')
    const opening = page.waitForEvent('popup')
    await page.locator('.mailbox a', { hasText: 'owned' }).click()
    const mail = await opening
    await mail.getByText('Acknowledge').waitFor()
    expect(await mail.title()).toBe('mail')
    await mail.getByText('Acknowledge').click()
    await mail.getByText('This link does not work').waitFor()
    await page.close()
  })

  it('keeps hostile texts as text', async () => {
    const line = {
      signal: '',
      key: '',
      source: HOSTILE,
      kind: 'access',
      time: NOW * 1000,
      text: HOSTILE
    } as const
    const alert = sampleAlert(NOW, {
      title: HOSTILE,
      key: JSON.stringify([HOSTILE]),
      labels: { path: HOSTILE, agent: `${HOSTILE}${'x'.repeat(3000)}` },
      evaluation: { ...sampleAlert(NOW).evaluation, summary: HOSTILE },
      acknowledged: { owner: HOSTILE, comment: HOSTILE, at: NOW },
      evidence: {
        lines: [line],
        errors: [line],
        shares: [{ field: 'path', value: HOSTILE, now: 1, before: 0, count: 1 }]
      }
    })
    service.put(alert)
    const query = `path:"${HOSTILE.replaceAll('"', String.raw`\"`)}"`
    service.silence({ query, reason: HOSTILE, for: 1e7 }, linkCaller(HOSTILE, '127.0.0.1'))
    service.add({
      notification: 'x',
      receiver: HOSTILE,
      title: HOSTILE,
      at: NOW,
      try: 2,
      state: 'failed',
      summary: HOSTILE
    })
    const { page, complaints } = await open({}, `&alert=${alert.id}`)
    await row(page, alert.id).locator('.evidence li').first().waitFor()
    const shown = await row(page, alert.id).locator('bdi').allInnerTexts()
    expect(shown.filter(text => text === SHOWN).length).toBeGreaterThanOrEqual(8)
    const caller = { name: HOSTILE, role: 'act', from: '192.0.2.1', by: 'link' } as const
    fake.acts.record(caller, { what: 'silence', about: HOSTILE })
    for (const name of ['History', 'Silences', 'Messages', 'Audit log']) {
      await view(page, name)
      await page.locator('#alerts-view bdi', { hasText: 'owned' }).first().waitFor()
      expect(await page.locator('main img, main script').count()).toBe(0)
      expect(await page.locator('body').innerText()).not.toMatch(/[\u202a-\u202e]/)
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(1440)
    }
    expect(await page.title()).toBe('(2) Visor')
    expect(complaints).toEqual([])
    await page.close()
  })

  it('marks alerts and restarts on the charts, and names them by arrow keys', async () => {
    const { page } = await open()
    await page.locator('.rows.firing .alert').first().waitFor()
    const { from, bucket } = await fake.summary('1h')
    await page.locator('.canvas').first().focus()
    await page.keyboard.press('Home')
    const { fired = 0, evidence } = sampleAlert(NOW)
    for (const [at, text] of [
      [evidence.restart ?? 0, 'Restart of the server'],
      [fired, 'Many server errors']
    ] as const) {
      const buckets = Math.floor((at - from) / bucket)
      await page.keyboard.press('Home')
      for (let i = 0; i < buckets; i++) await page.keyboard.press('ArrowRight')
      await page.locator('.chart .mark', { hasText: text }).first().waitFor()
    }
    await page.close()
  })

  it('asks before a link of a mail does something', async () => {
    const { firing } = service.answer()
    const { acknowledge } = links.of(sampleNotification(firing, NOW), server.address)
    const { page, complaints } = await open()
    await page.goto(acknowledge)
    expect(await page.evaluate('getComputedStyle(document.querySelector("main")).maxWidth')).toBe('600px')
    expect(service.answer().firing.some(({ acknowledged }) => acknowledged)).toBe(false)
    await page.getByLabel('Your name').fill('Ada')
    await page.getByRole('button', { name: 'Acknowledge' }).click()
    await page.getByRole('heading', { name: 'Acknowledged by Ada' }).waitFor()
    expect(service.answer().firing.every(({ acknowledged }) => acknowledged?.owner === 'Ada')).toBe(true)
    await page.getByText('Open Visor').click()
    await page.locator('.badge a.quiet').waitFor()
    expect(complaints).toEqual([])
    await page.close()
  })

  it.each([
    [360, 'light'],
    [390, 'dark'],
    [768, 'light'],
    [1440, 'dark']
  ] as const)('has no sideways scrolling at %i px', async (width, colorScheme) => {
    service.put(guessing(NOW, 'x'.repeat(300)))
    const alert = sampleAlert(NOW).id
    const { page } = await open(
      { ...signedIn, viewport: { width, height: 900 }, colorScheme },
      `&alert=${alert}`
    )
    await row(page, alert).getByRole('button', { name: 'Silence' }).click()
    await row(page, alert).locator('form').waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    await page.screenshot({ path: join(pictures, `alerts-${width}.png`), fullPage: true })
    for (const name of ['History', 'Rules', 'Silences', 'Messages', 'Audit log']) {
      await view(page, name)
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    }
    await page.close()
  })
})
