import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { Acts } from '../../app/acts.ts'
import { giveToOwner } from '../../app/private.ts'
import type { Alert, Silence } from '../../alerts/model.ts'
import { VisorError } from '../../core/errors.ts'
import type { Millis } from '../../core/time.ts'
import { visible } from '../../core/visible.ts'
import { openState, readerBy, readingsOf, statePath, type StateReader } from '../../state/index.ts'
import { daemonOf, remoteReader, type Ask } from '../asking.ts'
import type { Context } from '../context.ts'
import { hereCaller } from '../user.ts'
import type { StoreSelection } from '../options.ts'
import { storeFor } from '../settings.ts'

/** The state of a store, and what people do about alerts: in the Visor that runs on it, or else in the state itself. */
export interface AlertsDesk extends StateReader {
  /** @throws VisorError USAGE where the alert is over meanwhile */
  acknowledge(request: { alert: string; owner: string; comment: string; undo: boolean }): Promise<void>
  silence(request: Pick<Silence, 'query' | 'author' | 'reason'> & { for: Millis }): Promise<Silence>
  /** False when there is none that lasts. */
  endSilence(id: string): Promise<boolean>
}

/** Works on the state of a store, whether a Visor runs on it or not; reports what is damaged in it. @throws VisorError FILE_MISSING where there is none, STATE */
export async function withState<Result>(
  options: StoreSelection,
  context: Context,
  work: (desk: AlertsDesk) => Promise<Result>
): Promise<Result> {
  const { path } = storeFor(options, context.env).store
  const { desk, close } = await openDesk(path)
  try {
    const result = await work(desk)
    for (const problem of await desk.problems()) context.stderr.write(`visor: ${visible(problem)}\n`)
    return result
  } finally {
    close()
  }
}

async function openDesk(path: string): Promise<{ desk: AlertsDesk; close: () => void }> {
  const ask = await daemonOf(path)
  if (ask) return { desk: remoteDesk(ask), close: () => {} }
  if (!existsSync(statePath(path)))
    throw new VisorError('FILE_MISSING', `there are no alerts in ${path}`, {
      remedy: '`visor watch` makes them; `--store` names another folder.'
    })
  const state = openState(path)
  const acts = new Acts(state, Date.now)
  const desk: AlertsDesk = {
    ...readerBy(readingsOf(state)),
    async acknowledge({ undo, ...request }) {
      state.acknowledge({ ...request, at: Date.now(), ...(undo && { undo }) })
      const about = `${request.alert}: ${request.comment}`
      acts.record(hereCaller(request.owner), { what: undo ? 'unacknowledge' : 'acknowledge', about })
    },
    async silence({ for: lasting, ...silence }) {
      const created = Date.now()
      const made = { id: randomBytes(4).toString('hex'), ...silence, created, ends: created + lasting }
      state.addSilence(made)
      acts.record(hereCaller(made.author), { what: 'silence', about: `${made.query}: ${made.reason}` })
      return made
    },
    async endSilence(id) {
      const ended = state.endSilence(id, Date.now())
      if (ended) acts.record(hereCaller(), { what: 'expire', about: `silence ${id}` })
      return ended
    }
  }
  const close = (): void => {
    state.close()
    giveToOwner(path)
  }
  return { desk, close }
}

function remoteDesk(ask: Ask): AlertsDesk {
  return {
    ...remoteReader(ask),
    async acknowledge({ owner, ...request }) {
      const { done }: { done: boolean } = await ask.send('alerts/acknowledge', { ...request, as: owner })
      if (!done) throw new VisorError('USAGE', `${request.alert} is over already`)
    },
    silence: ({ author, ...request }) => ask.send('alerts/silence', { ...request, as: author }),
    async endSilence(id) {
      const { done }: { done: boolean } = await ask.send('alerts/end-silence', { id })
      return done
    }
  }
}

/** The alert of an id, or of an unambiguous beginning of it. @throws VisorError USAGE where there is none, or several */
export async function alertOf(state: StateReader, id: string): Promise<Alert> {
  const alert = await state.alert(id)
  if (alert) return alert
  throw new VisorError('USAGE', `there is no alert ${id}, or several ids begin with that`, {
    remedy: '`visor alerts list --all` shows them.'
  })
}
