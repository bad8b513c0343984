import { rowText } from '../pack.ts'
import type { AnswerRow } from '../protocol.ts'
import { readJob } from './count.ts'
import { mergedRow } from './encode.ts'
import { EXIT, rowsIn, Use, WorkerEnd, writeOut } from './stdio.ts'

/** Adds up the rows of counts that come on standard input, part by part, and passes all others on. */
export function mergeParts([file = '', time]: readonly string[], use = new Use(time)): void {
  const { plan } = readJob(file)
  const parts = new Map<number, AnswerRow[]>()
  for (const line of rowsIn(use)) {
    const text = line.toString('latin1')
    const [task, part, kind, payload] = text.split('\t')
    if (kind === undefined || payload === undefined)
      throw new WorkerEnd(
        EXIT.input,
        `a row of its input is none of a worker: ${JSON.stringify(text.slice(0, 80))}`
      )
    if (kind !== 'counts') {
      writeOut(`${text}\n`, use)
      continue
    }
    const row = { task: Number(task), part: Number(part), kind, payload }
    const same = parts.get(row.part)
    if (same) same.push(row)
    else parts.set(row.part, [row])
  }
  for (const [number, rows] of parts) {
    use.check()
    writeOut(rowText(mergedRow(plan, number, rows)), use)
  }
}
