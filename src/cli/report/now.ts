import { setTimeout as wait } from 'node:timers/promises'
import type { DeliveryRecord, Notification } from '../../alerts/model.ts'
import { delivered } from '../../alerts/notifications/pipeline.ts'
import { composed } from '../../app/reports/draw.ts'
import { makeReports, type MadeReport } from '../../app/reports/make.ts'
import { storeReader } from '../../app/reports/reader.ts'
import { schedulesOf, scheduleOf, type Schedule } from '../../app/reports/schedules.ts'
import { subscriptionsOf } from '../../app/subscriptions.ts'
import type { Config } from '../../config/schema.ts'
import { VisorError } from '../../core/errors.ts'
import { MINUTE_MS, type Millis } from '../../core/time.ts'
import { visible } from '../../core/visible.ts'
import { restoredDocument } from '../../reports/saved.ts'
import { attempt, openState, type StateStore } from '../../state/index.ts'
import { daemonOf, openOwn, remoteReader, type Ask } from '../asking.ts'
import { printJson, printLines, type Context } from '../context.ts'
import type { StoreSelection } from '../options.ts'
import { openReceiver } from '../receiver.ts'
import { storeFor } from '../settings.ts'
import { textTable } from '../text-table.ts'
import { DELIVERED } from './schedules.ts'
import { checkTargets, writeReport, type ReportTarget } from './outputs.ts'

/** How long a receiver may take, and how long it is waited for what the daemon sends. */
const PATIENCE: Millis = MINUTE_MS

/** How often it is looked whether the daemon has sent something. */
const LOOK: Millis = 200

/** `visor report --preview`: the reports of a schedule as they would be sent now; of one part alone where that is named. */
export async function showPreview(
  name: string,
  part: string | undefined,
  targets: readonly ReportTarget[],
  options: StoreSelection,
  context: Context
): Promise<void> {
  checkTargets(targets)
  const all = await previewed(name, part, options, context)
  const together = targets.every(({ shape, file }) => shape === 'json' && file === undefined)
  if (all.length > 1 && together)
    return printJson(
      context,
      all.map(({ json }) => json)
    )
  if (all.length > 1 && targets.some(({ file, shape }) => file !== undefined || shape !== 'txt'))
    throw new VisorError(
      'USAGE',
      `${name} has ${all.length} reports, which do not go into one file: name one of ${partsOf(all)} with --part`
    )
  for (const { document, json } of all)
    if (document) await writeReport({ document, json: json ?? {} }, targets, context)
}

function partsOf(all: readonly MadeReport[]): string {
  return all.map(({ run }) => visible(run.part ?? '')).join(', ')
}

async function previewed(
  name: string,
  part: string | undefined,
  options: StoreSelection,
  context: Context
): Promise<MadeReport[]> {
  const config = storeFor(options, context.env)
  const ask = await daemonOf(config.store.path)
  const all = ask
    ? await asked(ask, name, false)
    : await made(scheduleOf(schedulesOf(config), name), config, false, context.signal)
  for (const { run } of all)
    if (run.state === 'failed' || run.state === 'left')
      context.stderr.write(`visor: ${visible(run.why ?? 'it failed')}\n`)
  const shown = all.filter(({ run, document }) => document && (part === undefined || run.part === part))
  if (shown.length > 0) return shown
  const others = all.length === 0 ? 'there is nothing to make one of' : `there are those of ${partsOf(all)}`
  throw new VisorError(
    'USAGE',
    `${name} has no report ${part === undefined ? 'to make' : `of ${part}`} now; ${others}`
  )
}

/** `visor report --mail`: sends the reports of a schedule now, and prints who has got them. Code 1 when anybody has not. */
export async function mailed(name: string, options: StoreSelection, context: Context): Promise<void> {
  const config = storeFor(options, context.env)
  const ask = await daemonOf(config.store.path)
  const records = ask
    ? await sentByDaemon(await asked(ask, name, true), ask, context.signal)
    : await sentHere(scheduleOf(schedulesOf(config), name), config, context)
  const rows = records.map(({ receiver, title, state, summary }) => [
    `  ${receiver}`,
    DELIVERED[state],
    title,
    summary
  ])
  await printLines(
    context,
    rows.length === 0 ? [`${name}: there was nobody to send anything to, or nothing to say`] : textTable(rows)
  )
  if (records.some(({ state }) => state !== 'sent' && state !== 'unwanted')) context.exitCode = 1
}

/** What the daemon has made. */
async function asked(ask: Ask, schedule: string, send: boolean): Promise<MadeReport[]> {
  const answer: MadeReport[] = await ask('report', { schedule, send: String(send) })
  return answer.map(one => ({ ...one, ...(one.document && { document: restoredDocument(one.document) }) }))
}

/** Makes a schedule's reports of what the store has. */
async function made(
  schedule: Schedule,
  config: Config,
  keep: boolean,
  signal: AbortSignal
): Promise<MadeReport[]> {
  const { path, retention } = config.store
  const { store, lines, close } = await openOwn(path, retention, config.engine)
  const state = openState(path)
  try {
    const page = (): string | undefined => config.page.url
    const reader = storeReader(config, { store, lines, history: state, clock: Date.now, page })
    const at = Date.now()
    const occasion = { due: at, at, manual: true, missed: [], unread: () => [] } as const
    return await makeReports(schedule, keep ? occasion : { ...occasion, shown: true }, reader, signal)
  } finally {
    state.close()
    await close()
  }
}

/** What became of what the daemon has sent, once it has tried. */
async function sentByDaemon(
  all: readonly MadeReport[],
  ask: Ask,
  signal: AbortSignal
): Promise<DeliveryRecord[]> {
  const ids = all.flatMap(({ run }) => run.notifications.map(({ id }) => id))
  const state = remoteReader(ask)
  for (const end = Date.now() + PATIENCE; ; await wait(LOOK, undefined, { signal })) {
    const records = await state.deliveries({ limit: 1000 })
    const own = ids.flatMap(id => records.find(({ notification }) => notification === id) ?? [])
    if (own.length === ids.length || Date.now() > end) return own
  }
}

/** Makes reports, and sends them past the outbox, since no Visor runs; what came of it is kept. */
async function sentHere(schedule: Schedule, config: Config, context: Context): Promise<DeliveryRecord[]> {
  const all = await made(schedule, config, true, context.signal)
  const now = Date.now()
  const state = openState(config.store.path)
  try {
    const records: DeliveryRecord[] = []
    for (const one of all) {
      const notifications = await composed(one, schedule, now)
      const run = { ...one.run, notifications: notifications.map(({ id, receiver }) => ({ id, receiver })) }
      const { document } = one
      state.commitReports({ runs: [{ run, document, expires: now + schedule.keep }], notifications: [] })
      for (const notification of notifications)
        records.push(...(await sentOnce(notification, state, config, context)))
    }
    return records
  } finally {
    state.close()
  }
}

async function sentOnce(
  notification: Notification,
  state: StateStore,
  config: Config,
  context: Context
): Promise<DeliveryRecord[]> {
  const { receiver } = notification
  const options = config.receivers[receiver]
  if (!options) return []
  const { notifiers: subscriptions } = subscriptionsOf(state, Date.now, config.page.url)
  const notifier = await openReceiver(receiver, options, config, context, subscriptions)
  try {
    const outgoing = { notification, tries: 0, done: [], refused: [], due: 0 }
    const result = await attempt(notifier, outgoing, PATIENCE, context.signal)
    const { record } = delivered({ outgoing, result, now: Date.now(), random: 0 })
    if (!record) return []
    state.tried(record)
    return [record]
  } finally {
    await notifier.close()
  }
}
