import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../../test/port.ts'
import type { AlertNotification } from '../../alerts/model.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/time.ts'
import { schema } from '../../config/schema.ts'
import { conformsToNotifier } from '../contract.ts'
import { Refused, type Notifier } from '../kind.ts'
import { HOSTILE_NOTIFICATION } from '../testing/hostile.ts'
import { FIRING, NOTIFICATIONS, RESOLVED } from '../testing/samples.ts'
import { dependenciesWithPage, dependenciesOf } from '../testing/dependencies.ts'
import { WebServer } from '../testing/web-server.ts'
import { alertmanagerKind, postedAlerts } from './index.ts'

const never = new AbortController().signal

function open(url: string): Promise<Notifier> {
  return Promise.resolve(
    alertmanagerKind.open(alertmanagerKind.options.parse({ url }), dependenciesWithPage({ clock: Date.now }))
  )
}

describe('the contract of notifiers', () => {
  conformsToNotifier(async () => {
    const server = await WebServer.start()
    let failed = false
    return {
      kind: alertmanagerKind,
      options: { url: `${server.origin.replace('//', '//me:s3cr3t@')}/prefix/` },
      named: `${server.origin}/prefix/api/v2/alerts`,
      secrets: ['s3cr3t'],
      received: () => (failed ? [] : server.asked.map(({ body }) => body)),
      fail: () => {
        failed = true
        server.answer = ({ headers }) => ({ status: 500, text: `${headers.authorization} is s3cr3t` })
      },
      hang: () => void (server.answer = () => undefined),
      open: () => server.connections,
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]()
    }
  })
})

describe('alerts', () => {
  const labelsOf = (labels: Record<string, string>): unknown =>
    postedAlerts({ ...NOTIFICATIONS.fired, firing: [{ ...FIRING, labels }] }, SECOND_MS, dependenciesOf())[0]
      ?.labels

  it('have the same labels while they fire and when they are over', () => {
    const [fired] = postedAlerts(NOTIFICATIONS.fired, MINUTE_MS, dependenciesWithPage({ clock: () => 0 }))
    const [over] = postedAlerts(NOTIFICATIONS.resolved, MINUTE_MS, dependenciesWithPage())
    expect(fired?.labels).toEqual({
      alertname: 'server-errors',
      severity: 'critical',
      instance: 'web1.example.org',
      vhost: 'shop.example.org'
    })
    expect(over?.labels).toEqual(fired?.labels)
    expect(over?.endsAt).toBe(new Date(RESOLVED.resolved ?? 0).toISOString())
    expect(fired?.generatorURL).toBe('https://visor.example.org/#alert=n-20261125-1f3a9c')
  })

  it('have names that are labels, each of its own, and values that are none where there is none', () => {
    expect(
      labelsOf({ 'header.x-a': '1', header_x_a: '2', severity: '3', '9': '4', __x: '5', client: '' })
    ).toEqual({
      alertname: 'server-errors',
      severity: 'critical',
      instance: 'web1.example.org',
      header_x_a: '1',
      header_x_a_: '2',
      severity_: '3',
      label_9: '4',
      label___x: '5',
      client: '(none)'
    })
  })

  it('end after they began, whatever clocks show', () => {
    for (const clock of [() => 0, () => Date.now()])
      for (const { startsAt, endsAt } of postedAlerts(
        NOTIFICATIONS.fired,
        SECOND_MS,
        dependenciesOf({ clock })
      ))
        expect(Date.parse(endsAt)).toBeGreaterThan(Date.parse(startsAt))
  })
})

it('is refused by the configuration as a receiver of reports, with the words that it refuses them with', () => {
  const issues = schema.safeParse({
    receivers: { am: { type: 'alertmanager', url: 'http://127.0.0.1:9093' } },
    reports: { daily: { every: '1d', receivers: 'am' } }
  }).error?.issues
  expect(issues).toMatchObject([
    { path: ['reports', 'daily', 'receivers'], message: alertmanagerKind.refusesReports }
  ])
})

const PROGRAM = 'prometheus-alertmanager'
const installed = ((): boolean => {
  try {
    execFileSync(PROGRAM, ['--version'], { stdio: 'pipe' })
    return true
  } catch {
    return false
  }
})()

interface Active {
  readonly labels: Record<string, string>
  readonly annotations: Record<string, string>
  readonly endsAt: string
}

describe.skipIf(!installed)(`a real Alertmanager (needs ${PROGRAM})`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'visor-alertmanager-'))
  let origin: string
  let stop: () => Promise<unknown>

  beforeAll(async () => {
    const config = join(folder, 'config.yml')
    writeFileSync(config, 'route:\n  receiver: nobody\nreceivers:\n  - name: nobody\n')
    const address = `127.0.0.1:${await freePort()}`
    origin = `http://${address}`
    const flags = [`--config.file=${config}`, `--storage.path=${folder}`, `--web.listen-address=${address}`]
    const child = spawn(PROGRAM, [...flags, '--cluster.listen-address='], { stdio: 'ignore' })
    stop = async () => {
      const ended = once(child, 'exit')
      child.kill()
      await ended
    }
    while (!(await fetch(`${origin}/-/ready`).catch(() => undefined))?.ok)
      await new Promise(done => setTimeout(done, 20))
  })
  afterAll(async () => {
    await stop()
    rmSync(folder, { recursive: true })
  })

  /** The alerts of a rule that it holds for firing. */
  async function active(rule: string): Promise<Active[]> {
    const answer = await fetch(
      `${origin}/api/v2/alerts?filter=${encodeURIComponent(`alertname=${JSON.stringify(rule)}`)}`
    )
    const alerts: Active[] = JSON.parse(await answer.text())
    return alerts
  }

  /** A notification as of now: it takes no alerts that were over long ago. */
  const asOf = (notification: AlertNotification, rule: string): AlertNotification => {
    const now = Date.now()
    const at = (alert: AlertNotification['firing'][number]): AlertNotification['firing'][number] => ({
      ...alert,
      rule,
      since: now - 5000,
      fired: now - 4000,
      ...(alert.resolved !== undefined && { resolved: now - 1 })
    })
    return { ...notification, firing: notification.firing.map(at), resolved: notification.resolved.map(at) }
  }

  it('takes alerts that fire, for as long as it should, and that they are over', async () => {
    const notifier = await open(origin)
    await notifier.send(asOf(NOTIFICATIONS.fired, 'one'), [], never)
    const [alert] = await active('one')
    expect(alert?.labels).toMatchObject({ alertname: 'one', vhost: 'shop.example.org', severity: 'critical' })
    expect(alert?.annotations).toMatchObject({
      summary: 'Many server errors',
      lines: expect.stringContaining('POST /checkout')
    })
    expect(Date.parse(alert?.endsAt ?? '') - Date.now()).toBeGreaterThan(23 * HOUR_MS)
    await notifier.send(asOf(NOTIFICATIONS.resolved, 'one'), [], never)
    expect(await active('one')).toEqual([])
    await notifier.close()
  })

  it('takes several, tests, and whatever a log can hold', async () => {
    const notifier = await open(origin)
    await notifier.send(asOf(NOTIFICATIONS.more, 'many'), [], never)
    expect(await active('many')).toHaveLength(14)
    await notifier.send(asOf({ ...HOSTILE_NOTIFICATION, resolved: [] }, 'hostile'), [], never)
    const [alert] = await active('hostile')
    expect(alert?.labels['client']).toContain('"><script>alert(1)</script>')
    expect(alert?.labels['vhost']).toBe('(none)')
    await notifier.send({ ...NOTIFICATIONS.test, created: Date.now() }, [], never)
    expect(await active('visor-test')).toHaveLength(1)
    await notifier.close()
  })

  it('that does not know the address refuses for good', async () => {
    const notifier = await open(`${origin}/nowhere`)
    await expect(notifier.send(NOTIFICATIONS.fired, [], never)).rejects.toThrow(Refused)
    await notifier.close()
  })
})
