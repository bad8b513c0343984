import { expect, it } from 'vitest'
import * as z from 'zod'
import { Refused, type Notifier, type NotifierKind, type NotifierDependencies } from './kind.ts'
import { HOSTILE_NOTIFICATION } from './testing/hostile.ts'
import { HOSTILE_REPORT, REPORT } from './testing/reports.ts'
import { NOTIFICATIONS } from './testing/samples.ts'
import { dependenciesOf } from './testing/dependencies.ts'
import { until } from '../sources/testing/client.ts'

/** A notifier under test and what stands behind it. */
export interface Fixture extends AsyncDisposable {
  readonly kind: NotifierKind
  /** As a user writes them. */
  readonly options: Readonly<Record<string, unknown>>
  readonly dependencies?: Partial<NotifierDependencies>
  /** What has arrived, a text for each notification. */
  readonly received: () => readonly string[] | Promise<readonly string[]>
  /** Part of the target's name, which error messages contain. */
  readonly named: string
  /** What must be in no message. */
  readonly secrets?: readonly string[]
  /** Makes it not to be reached any more, or to fail. */
  readonly fail: () => void | Promise<void>
  /** Makes it never answer; absent for what answers at once. */
  readonly hang?: () => void | Promise<void>
  /** How many connections, processes and the like are open. */
  readonly open?: () => number
}

const never = new AbortController().signal

export async function opened({ kind, options, dependencies }: Fixture): Promise<Notifier> {
  return kind.open(kind.options.parse(options), dependenciesOf(dependencies))
}

/** What every notifier must do, whatever it sends to. `make` gives a fresh one that nothing was sent to. */
export function conformsToNotifier(make: () => Promise<Fixture>): void {
  it('takes its example, and describes its options', async () => {
    await using fixture = await make()
    const { kind } = fixture
    kind.options.parse(kind.example)
    expect(kind.options.safeParse({ ...kind.example, nonsense: 1 }).success).toBe(false)
    const { properties = {} } = z.toJSONSchema(kind.options, { io: 'input' })
    for (const option of Object.values(properties)) expect(option).toHaveProperty('description')
  })

  it('sends alerts that fire, their end, and whatever a log can contain', async () => {
    await using fixture = await make()
    const notifier = await opened(fixture)
    for (const notification of [
      NOTIFICATIONS.fired,
      NOTIFICATIONS.resolved,
      HOSTILE_NOTIFICATION,
      NOTIFICATIONS.test
    ]) {
      const sent = await notifier.send(notification, [], never)
      expect([sent.accepted.length > 0, sent.refused, sent.later]).toEqual([true, [], []])
    }
    const [fired, resolved, hostile, test] = await fixture.received()
    expect(fired).toContain('7.2 % of 1,204 requests')
    expect(resolved).toContain('0.2 % of 1,118 requests')
    expect(hostile).toContain('first seen')
    expect(test).toMatch(/test/i)
    await notifier.close()
  })

  it('sends reports and whatever they contain, or says in words why it does not', async () => {
    await using fixture = await make()
    const notifier = await opened(fixture)
    const { refusesReports } = fixture.kind
    for (const report of [REPORT, HOSTILE_REPORT]) {
      const sent = notifier.send(report, [], never)
      if (refusesReports !== undefined) await expect(sent).rejects.toThrow(new Refused(refusesReports))
      else expect(await sent).toMatchObject({ accepted: [expect.any(String)], refused: [], later: [] })
    }
    const received = await fixture.received()
    expect(received).toHaveLength(refusesReports === undefined ? 2 : 0)
    for (const [text, part] of [
      [received[0], 'server errors 2.1 %'],
      [received[1], 'first seen']
    ] as const)
      if (refusesReports === undefined) expect(text).toContain(part)
    if (refusesReports === undefined) expect(received[0]).toMatch(/1,204,331|1204331/)
    await notifier.close()
  })

  it('sends nothing to those who have it already', async () => {
    await using fixture = await make()
    const notifier = await opened(fixture)
    const { accepted } = await notifier.send(NOTIFICATIONS.fired, [], never)
    expect(await notifier.send(NOTIFICATIONS.fired, accepted, never)).toEqual({
      accepted: [],
      refused: [],
      later: []
    })
    expect(await fixture.received()).toHaveLength(1)
    await notifier.close()
  })

  it('names the target it could not reach, without its secrets', async () => {
    await using fixture = await make()
    const notifier = await opened(fixture)
    await fixture.fail()
    const error: unknown = await notifier
      .send(NOTIFICATIONS.fired, [], never)
      .catch((error: unknown) => error)
    const message = error instanceof Error ? error.message : ''
    expect(message).toContain(fixture.named)
    expect(notifier.target).toContain(fixture.named)
    for (const secret of fixture.secrets ?? []) expect(message + notifier.target).not.toContain(secret)
    expect(await fixture.received()).toEqual([])
    await notifier.close()
  })

  it('sends nothing once the signal has aborted, and leaves off when it does', async () => {
    await using fixture = await make()
    const notifier = await opened(fixture)
    await expect(notifier.send(NOTIFICATIONS.fired, [], AbortSignal.abort('stopped'))).rejects.toBe('stopped')
    const abort = new AbortController()
    await fixture.hang?.()
    const sent = fixture.hang
      ? notifier.send(NOTIFICATIONS.fired, [], abort.signal)
      : Promise.reject(new Error('no'))
    setTimeout(() => abort.abort(new Error('stopped')), 50)
    await expect(sent).rejects.toThrow(fixture.hang ? 'stopped' : 'no')
    await notifier.close()
  })

  it('keeps nothing open when it is closed, and may be closed twice', async () => {
    await using fixture = await make()
    const notifier = await opened(fixture)
    await Promise.all(
      [NOTIFICATIONS.fired, NOTIFICATIONS.resolved].map(notification =>
        notifier.send(notification, [], never)
      )
    )
    await notifier.close()
    await notifier.close()
    await until(() => (fixture.open?.() ?? 0) === 0)
  })
}
