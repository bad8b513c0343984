import { planOf } from '../../app/plan.ts'
import type { Config } from '../../config/schema.ts'
import { engineKindOf, type EngineFinding } from '../../engines/index.ts'
import { textTable } from '../text-table.ts'

/** Tries what the engine needs; text for people, and how much is wrong. Nothing of an engine that needs nothing. */
export async function checkedEngine(
  config: Config,
  signal: AbortSignal
): Promise<{ lines: string[]; problems: number }> {
  const kind = engineKindOf(config.engine)
  if (!kind.check) return { lines: [], problems: 0 }
  const findings: EngineFinding[] = []
  const plan = planOf(config, new Map(), undefined, [])
  for await (const finding of kind.check(config.engine, plan, signal)) findings.push(finding)
  const rows = findings.map(({ what, text, problem }) => [problem ? '!' : ' ', what, text])
  return {
    lines: ['', `engine ${kind.name}`, ...textTable(rows)],
    problems: findings.filter(({ problem }) => problem).length
  }
}
