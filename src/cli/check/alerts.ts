import { rulesOf } from '../../alerts/options.ts'
import type { Config } from '../../config/schema.ts'
import { VisorError } from '../../core/errors.ts'
import { openReceiver } from '../receiver.ts'
import { textTable } from '../text-table.ts'
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
  return ['', 'rules', ...textTable(rules)]
}

/** Opens the receivers without connecting anywhere; text for people, and how many can never work. */
export async function checkedReceivers(
  config: Config,
  stdout: Output
): Promise<{ lines: string[]; problems: number }> {
  const opening = Object.entries(config.receivers).map(async ([name, receiver]) => {
    try {
      const notifier = await openReceiver(name, receiver, config, { stdout })
      await notifier.close()
      return [' ', name, receiver.type, notifier.target]
    } catch (error) {
      if (!(error instanceof VisorError)) throw error
      return ['!', name, receiver.type, error.message]
    }
  })
  const rows = await Promise.all(opening)
  return {
    lines: ['', 'receivers', ...textTable(rows)],
    problems: rows.filter(([mark]) => mark === '!').length
  }
}
