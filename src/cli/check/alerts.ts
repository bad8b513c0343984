import { rulesOf } from '../../alerts/options.ts'
import type { Config } from '../../config/schema.ts'
import { VisorError } from '../../core/errors.ts'
import type { Notifier } from '../../notifiers/kind.ts'
import { openReceiver } from '../receiver.ts'
import { textTable } from '../alerts/text.ts'
import type { Output } from '../context.ts'

/** The rules that are evaluated, for people. */
export function checkedRules({ alerts }: Config): string[] {
  const rules = rulesOf(alerts).map(({ name, type, severity, title, by, receivers }) => {
    const details = [
      title,
      ...by.map(field => `each ${field}`),
      ...(receivers ? [`to ${receivers.join(', ')}`] : [])
    ]
    return [`  ${name}`, type, severity, details.join(', ')]
  })
  return ['', 'rules', ...textTable(rules, Infinity)]
}

/** Opens the receivers without connecting anywhere; text for people, and how many can never work. */
export async function checkedReceivers(
  config: Config,
  stdout: Output
): Promise<{ lines: string[]; problems: number }> {
  const all = Object.entries(config.receivers).map(async ([name, receiver]) => {
    const { target, problem } = await targetOf(openReceiver(name, receiver, config, { stdout }))
    return { row: [problem ? '!' : ' ', name, receiver.type, target], problem }
  })
  const findings = await Promise.all(all)
  const rows = findings.map(({ row }) => row)
  return {
    lines: ['', 'receivers', ...textTable(rows, Infinity)],
    problems: findings.filter(({ problem }) => problem).length
  }
}

async function targetOf(opening: Promise<Notifier>): Promise<{ target: string; problem: boolean }> {
  try {
    const notifier = await opening
    await notifier.close()
    return { target: notifier.target, problem: false }
  } catch (error) {
    if (!(error instanceof VisorError)) throw error
    return { target: error.message, problem: true }
  }
}
