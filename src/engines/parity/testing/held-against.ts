import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inputEnd } from '../../../cli/parity/ends.ts'
import type { Signal } from '../../../core/signal.ts'
import { DAY, HOUR, MINUTE, SECOND, type Millis } from '../../../core/time.ts'
import type { EnginePlan, EngineSource } from '../../../counting/plan.ts'
import { EVERYTHING, parseQuery, type Query } from '../../../query/index.ts'
import { fileOptions } from '../../../sources/file/options.ts'
import { compareRuns, type Category } from '../compare.ts'
import { EMBEDDED, runToEnd, type Contender, type Ran } from '../run.ts'
import type { Input } from './inputs.ts'

const FOREVER = 100 * 366 * DAY

const signal = (name: string, more: Partial<Signal<Query>>): Signal<Query> => ({
  name,
  where: EVERYTHING,
  by: [],
  step: SECOND,
  fine: HOUR,
  back: FOREVER,
  limit: 1000,
  lines: 1,
  ...more
})

/** What rules of every kind have counted. */
const SIGNALS: readonly Signal<Query>[] = [
  signal('all', {}),
  signal('failed', { where: parseQuery('status:>=500'), by: ['client'] }),
  signal('by path', { by: ['path'], limit: 5 }),
  signal('sizes', { by: ['status'], value: { field: 'bytes', as: 'bucket' }, step: 10 * SECOND }),
  signal('sum', { measure: 'bytes', step: MINUTE }),
  signal('messages', { where: parseQuery('kind:error'), by: ['signature'] })
]

/** The files of an input in a folder of their own, as sources; gone once it is disposed of. */
export function filesOf({ files, format }: Input): Disposable & { readonly sources: EngineSource[] } {
  const folder = mkdtempSync(join(tmpdir(), 'visor-input-'))
  mkdirSync(folder, { recursive: true })
  const sources = Object.entries(files).map(([name, bytes]) => {
    const path = join(folder, name)
    writeFileSync(path, bytes)
    return sourceOf(path, name, format)
  })
  return { sources, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) }
}

export function sourceOf(path: string, name = path, format?: string): EngineSource {
  const options = { type: 'file', ...fileOptions.parse({ path, poll: '10ms' }) }
  return { name, options, known: [], zone: 'UTC', ...(format !== undefined && { format }) }
}

export interface HeldAgainstOptions {
  readonly sources: readonly EngineSource[]
  /** Whether old lines are counted in longer windows, as they are where nobody asks for the results of each. */
  readonly aging: boolean
  readonly now?: Millis
}

/** Runs the embedded engine and another over the same input. Throws where one did not read all of it. */
export async function heldAgainst(
  contender: Contender,
  { sources, aging, now = Date.UTC(2026, 0, 1, 13) }: HeldAgainstOptions
): Promise<{ categories: Category[]; lines: number }> {
  const plan: EnginePlan = {
    name: crypto.randomUUID(),
    sources,
    window: 10 * SECOND,
    lateness: MINUTE,
    aging,
    country: true,
    limit: 1000,
    signals: SIGNALS
  }
  const end = await inputEnd(sources)
  const run = async (one: Contender): Promise<Ran> => {
    const options = { now, end, signal: AbortSignal.timeout(250_000), patience: 120_000 }
    const ran = await runToEnd(one, withGroup(plan), options)
    if (!ran.complete) throw new Error(`${one.name} did not read all: ${JSON.stringify(ran.problems)}`)
    return ran
  }
  const [a, b] = [await run(EMBEDDED), await run(contender)]
  const categories = compareRuns(a.delivered, b.delivered, {
    limit: plan.limit,
    signals: SIGNALS,
    lines: { a: true, b: contender.lines }
  })
  return { categories, lines: a.delivered.read }
}

/** Each run has a consumer group of its own. */
function withGroup(plan: EnginePlan): EnginePlan {
  const group = `parity-${crypto.randomUUID()}`
  return {
    ...plan,
    sources: plan.sources.map(source =>
      source.options.type === 'kafka' ? { ...source, options: { ...source.options, group } } : source
    )
  }
}

/** Differences as lines, for tests to show. */
export function differencesOf(categories: readonly Category[]): string[] {
  return categories.flatMap(({ name, differences }) =>
    differences.map(({ where, a, b }) => `${name}: ${where}: ${short(a)} | ${short(b)}`)
  )
}

function short(text: string | undefined): string {
  return text === undefined ? 'nothing' : text.slice(0, 500)
}
