import { readFileSync } from 'node:fs'
import { withLists, type AlertsConfig } from '../alerts/options.ts'
import { systemCode, VisorError } from '../core/errors.ts'

/**
 * The configuration of alerts with the lists filled in that rules name as files. `place` gives where in the configuration
 * something stands.
 * @throws VisorError CONFIG for a list that cannot be read
 */
export function readLists(
  alerts: AlertsConfig,
  absolute: (path: string) => string,
  place: (path: readonly string[]) => string
): AlertsConfig {
  return withLists(alerts, list => {
    const path = absolute(list)
    try {
      return readFileSync(path, 'utf8')
    } catch (cause) {
      const [rule = ''] = Object.entries(alerts.rules).find(([, rule]) => rule['list'] === list) ?? []
      const where = `${place(['alerts', 'rules', rule, 'list'])}: alerts.rules.${rule}.list`
      const why = systemCode(cause) ?? String(cause)
      throw new VisorError('CONFIG', `${where}: cannot read ${path}: ${why}`, { cause })
    }
  })
}
