import { SECOND_MS } from '../../core/time.ts'
import { counted, formatCount } from '../../core/units.ts'
import type { Category } from '../../engines/parity/compare.ts'
import type { Ran } from '../../engines/parity/run.ts'
import type { Difference } from '../../engines/parity/delivered.ts'
import { printable } from '../../core/visible.ts'
import { textTable } from '../text-table.ts'

/** How much of a value is shown. */
const MAX_VALUE = 300

/** What two engines came to over the same input. */
export interface ParityResult {
  readonly engines: readonly [EngineRun, EngineRun]
  /** How many keys of a metric one step carries. */
  readonly limit: number
  readonly categories: readonly Category[]
  /** The input has become longer since it was looked where it ends. */
  readonly grown: boolean
  /** Both read all of the input, some lines at least, and nothing differs. */
  readonly equal: boolean
}

interface EngineRun extends Omit<Ran, 'delivered'> {
  readonly name: string
  readonly lines: number
}

/** A result for people. */
export function parityText({ engines, categories, limit, equal, grown }: ParityResult): string[] {
  const [a, b] = engines
  const runs = engines.map(({ name, lines, took, complete, problems }) => [
    ...(complete ? [] : [`${name} did not read all of the input: nothing more came`]),
    `${name}: ${counted(lines, 'line')} in ${(took / SECOND_MS).toFixed(1)} s`,
    ...problems.map(
      ({ source, name, message }) => `  ${source === name ? name : `${source}: ${name}`}: ${message}`
    )
  ])
  const differences = categories.flatMap(({ name, different, differences }) =>
    different === 0
      ? []
      : [
          '',
          `${name} that differ (${formatCount(differences.length)} of ${formatCount(different)} shown)`,
          ...differences.flatMap(one => differenceText(one, a.name, b.name))
        ]
  )
  const all = categories.reduce((sum, { different }) => sum + different, 0)
  return [
    ...runs.flat(),
    '',
    ...textTable(categories.flatMap(one => rowsOf(one, limit))),
    ...differences,
    '',
    ...(grown ? ['The input grew meanwhile: what came since is among what differs.'] : []),
    equal ? 'No difference.' : all > 0 ? `${counted(all, 'difference')}.` : uncompared(engines)
  ]
}

function uncompared(engines: ParityResult['engines']): string {
  return engines.every(({ lines }) => lines === 0)
    ? 'Nothing was compared: no line was read.'
    : 'Not all was compared.'
}

function rowsOf({ name, compared, cut, different }: Category, limit: number): string[][] {
  const verdict = different === 0 ? 'equal' : counted(different, 'difference')
  const row = [name, formatCount(compared), verdict]
  if (cut === 0) return [row]
  const keys = name.startsWith('rollup') ? `the top ${formatCount(limit)} keys` : "their signals' top keys"
  return [
    row,
    ['  of them cut', formatCount(cut), `to ${keys} of a step: totals equal, keys within the bound`]
  ]
}

function differenceText({ where, a, b }: Difference, nameA: string, nameB: string): string[] {
  const value = (name: string, text: string | undefined): string =>
    `    ${name}: ${text === undefined ? 'nothing' : printable(text, MAX_VALUE)}`
  return [
    `  ${printable(where, MAX_VALUE)}`,
    value(nameA === nameB ? `${nameA} (a)` : nameA, a),
    value(nameA === nameB ? `${nameB} (b)` : nameB, b)
  ]
}
