import { existsSync } from 'node:fs'
import { giveToOwner } from '../../app/private.ts'
import { VisorError } from '../../core/errors.ts'
import { counted, formatCount } from '../../core/units.ts'
import { salvageState, savedText, stateDamage, statePath } from '../../state/index.ts'
import { checkStore, salvageStore, storePath, type SavedStore, type TableRows } from '../../store/index.ts'
import { daemonOf } from '../asking.ts'
import { printLines, type Context } from '../context.ts'
import type { StoreSelection } from '../options.ts'
import { storeFor } from '../settings.ts'

interface DoctorOptions extends StoreSelection {
  readonly repair?: true | undefined
}

/** Looks through store and state, and repairs them where that is wanted. @throws VisorError FILE_MISSING, STORE_LOCKED */
export async function examine(options: DoctorOptions, context: Context): Promise<void> {
  const { path } = storeFor(options, context.env).store
  const [store, state] = [storePath(path), statePath(path)]
  if (await daemonOf(path))
    throw new VisorError(
      'STORE_LOCKED',
      `a Visor runs on the store ${path}; its page says how it does, and it is to be stopped first`
    )
  if (!existsSync(store) && !existsSync(state))
    throw new VisorError('FILE_MISSING', `there is no store in ${path}; \`visor watch\` makes one`)
  const found = [
    ...(existsSync(store) ? [await examineStore(store, options.repair === true)] : []),
    ...(existsSync(state) ? [examineState(state, options.repair === true)] : [])
  ]
  giveToOwner(path)
  await printLines(
    context,
    found.flatMap(({ lines }) => lines)
  )
  if (found.some(({ isDamaged }) => isDamaged)) context.exitCode = 1
}

/** What there is to say of a file, and whether it is damaged still. */
interface Found {
  readonly lines: readonly string[]
  readonly isDamaged: boolean
}

async function examineStore(file: string, repair: boolean): Promise<Found> {
  const { tables, damage } = await checkStore(file)
  if (damage === undefined) {
    const lines = tables.find(({ table }) => table === 'events')?.read ?? 0
    return { lines: [`${file}: in order, ${counted(lines, 'line')} kept`], isDamaged: false }
  }
  if (!repair) return { lines: [`${file}: damaged: ${damage}`, HINT], isDamaged: true }
  return {
    lines: [`${file}: was damaged: ${damage}`, ...savedLines(await salvageStore(file, Date.now()))],
    isDamaged: false
  }
}

function savedLines({ aside, tables, without }: SavedStore): string[] {
  const kept = `  as it was it is kept as ${aside}`
  if (!tables)
    return [
      kept,
      '  nothing of it could be saved that lines could be counted on from; the history is lost',
      '  the next `visor watch` begins anew, with what the logs still hold'
    ]
  return [
    kept,
    ...(without === undefined ? [] : [`  it could be read only without ${without}`]),
    ...tables.filter(({ lost }) => lost > 0).map(lossText),
    `  saved: ${
      tables
        .filter(({ read }) => read > 0)
        .map(({ table, read }) => `${formatCount(read)} of ${table}`)
        .join(', ') || 'nothing, there was nothing yet'
    }`,
    '  the next `visor watch` reads on from the positions in it; nothing is counted twice'
  ]
}

/** What a loss means to who asks the store. */
const MEANING: Readonly<Record<string, string>> = {
  dictionary: 'texts of lines; where they stood nothing is shown, and keys of figures are among `other`',
  events: 'lines; they stay counted, but cannot be found',
  rollups: 'counts; figures of some times are too small',
  sketches: 'estimates of how many different values there were',
  outdated: 'notes on which days were counted by earlier lists',
  readings: 'minutes of the counters; reports do not know what was read then',
  rejected: 'rejected lines; they stay counted'
}

function lossText({ table, read, lost }: TableRows): string {
  return `  lost: ${formatCount(lost)} of ${formatCount(read + lost)} rows of ${table}: ${MEANING[table] ?? ''}`
}

function examineState(path: string, repair: boolean): Found {
  const damage = stateDamage(path)
  if (damage === undefined) return { lines: [`${path}: in order`], isDamaged: false }
  if (!repair) return { lines: [`${path}: damaged: ${damage}`, HINT], isDamaged: true }
  return {
    lines: [`${path}: was damaged: ${damage}`, `  ${savedText(salvageState(path, Date.now()))}`],
    isDamaged: false
  }
}

const HINT = '  `visor doctor --repair` puts it aside and saves what can be saved'
