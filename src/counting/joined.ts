import type { Analysis, AnalyzedFile } from '../core/analysis.ts'
import type { FormatChoice } from '../core/format.ts'
import { nestedStepOver } from '../core/steps.ts'
import { addCounters, NO_COUNTERS } from '../core/source.ts'
import { formatsFor } from '../formats/index.ts'
import { MAX_REJECTED_SHOWN, type TaskResult } from './task.ts'

/** How many keys of each metric are held in bulk reading when no limit is given. */
export const MAX_KEYS = 32_768

/** Whether each line can be read without those before it. */
export function standAlone({ text }: FormatChoice): boolean {
  return formatsFor(text).every(
    ({ program }) => program.continued === undefined && program.directivePrefix === undefined
  )
}

/** The results of a file's ranges as one, in the order the files were named in. */
export function joinResults(
  paths: readonly string[],
  results: readonly TaskResult[]
): Omit<Analysis, 'rollup' | 'spans'> {
  const counters = { ...NO_COUNTERS }
  const files: AnalyzedFile[] = []
  for (const [file, path] of paths.entries()) {
    const parts = results.filter(result => result.file === file)
    const [first] = parts
    if (!first) continue
    const own = { ...NO_COUNTERS }
    const rejected: AnalyzedFile['firstRejected'][number][] = []
    let lines = 0
    for (const part of parts) {
      addCounters(own, part.counters)
      rejected.push(...part.firstRejected.map(line => ({ ...line, line: line.line + lines })))
      lines += part.lines
    }
    addCounters(counters, own)
    const { format, why } = first
    const reasons = new Map<string, number>()
    for (const part of parts)
      for (const { reason, count } of part.reasons ?? [])
        reasons.set(reason, (reasons.get(reason) ?? 0) + count)
    const kinds = [...new Set(parts.flatMap(part => part.kinds))]
    const problem = parts.find(part => part.problem !== undefined)?.problem
    files.push({
      path,
      kinds,
      format,
      why,
      counters: own,
      fields: [...new Set(parts.flatMap(part => part.fields ?? []))],
      reasons: Array.from(reasons, ([reason, count]) => ({ reason, count })).sort(
        (a, b) => b.count - a.count
      ),
      problem,
      firstRejected: rejected.slice(0, MAX_REJECTED_SHOWN)
    })
  }
  const from = Math.min(...results.map(result => result.from))
  const to = Math.max(...results.map(result => result.to))
  return { counters, files, ...(from <= to && { from, to }) }
}

/** How analysts lay out what they count over time, from the first event to the last. */
export function countedIn(
  { from = 0, to = from }: Pick<Analysis, 'from' | 'to'>,
  zone: string
): Pick<Analysis, 'zone' | 'step'> {
  return { zone, step: nestedStepOver(from, to, 'minute') }
}
