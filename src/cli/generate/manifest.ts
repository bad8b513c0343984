import type { Truth } from '../../generator/truth.ts'
import { version } from '../../version.ts'
import type { OpenLog } from './outputs.ts'
import type { GenerationPlan } from './plan.ts'

/** The truth about a run, as JSON: docs/generator.md tells what is in it. */
export function manifestOf(
  { scenario, seed, start }: GenerationPlan,
  outputs: readonly OpenLog[],
  truth: Truth
): string {
  const written = Object.fromEntries(outputs.map(({ kind, sink }) => [kind, sink.written]))
  const { logs, incidents } = truth.manifest(written)
  const described = outputs.map(({ kind, format, sink }) => {
    return [kind, { target: sink.name, format: format.text, ...logs[kind] }] as const
  })
  const manifest = {
    visor: version,
    ...(scenario?.title !== undefined && { title: scenario.title }),
    seed,
    start: new Date(start / 1000).toISOString(),
    logs: Object.fromEntries(described),
    incidents
  }
  return `${JSON.stringify(manifest, null, 2)}\n`
}
