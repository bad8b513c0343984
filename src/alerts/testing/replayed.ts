/** What rules would have done with logs: the replay of `visor alerts test-rule`, of any rules. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { replayLogs, type Replayed, type ReplayedLog } from '../../cli/alerts/replay/together.ts'
import { MINUTE_MS } from '../../core/time.ts'
import type { Alert } from '../model.ts'
import { Replay } from '../replay.ts'
import type { Rule } from '../rules/index.ts'

export async function replayed(
  rules: readonly Rule[],
  logs: readonly ReplayedLog[]
): Promise<Replayed & { readonly fired: readonly Alert[] }> {
  const replay = new Replay(rules, 10 * MINUTE_MS)
  const { signals } = replay
  const options = { zone: 'UTC', clock: Date.now, signal: new AbortController().signal }
  const result = await replayLogs(logs, { signals, take: slot => replay.take(slot) }, options)
  return { ...result, fired: [...replay.fired.values()] }
}

/** The same of logs of these lines. */
export async function replayedLines(
  rules: readonly Rule[],
  logs: readonly { readonly name: string; readonly text: string; readonly format: string }[]
): Promise<readonly Alert[]> {
  const folder = mkdtempSync(join(tmpdir(), 'visor-replay-'))
  try {
    const files = logs.map(({ name, text, format }) => ({ path: join(folder, name), text, format }))
    for (const { path, text } of files) writeFileSync(path, text)
    return (await replayed(rules, files)).fired
  } finally {
    rmSync(folder, { recursive: true })
  }
}
