import { existsSync } from 'node:fs'
import { availableParallelism, hostname } from 'node:os'
import { packRow, rowText } from '../pack.ts'
import type { ProbeAnswer } from '../protocol.ts'
import { rowsIn, Use, writeOut } from './stdio.ts'

/** Tells of the place that it runs at, a row for each of its input. `files` are looked for. */
export function probePlace([time, ...files]: readonly string[]): void {
  const use = new Use(time)
  const found: ProbeAnswer = {
    host: hostname(),
    node: process.version,
    cores: availableParallelism(),
    files: files.filter(file => existsSync(file))
  }
  const row = rowText(packRow({ task: 0, part: 0, kind: 'probe' }, found))
  writeOut(row.repeat([...rowsIn(use)].length), use)
}
