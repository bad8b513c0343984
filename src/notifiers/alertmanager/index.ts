import * as z from 'zod'
import { durationSetting } from '../../settings/duration.ts'
import { notifierKind } from '../kind.ts'
import { caSetting, timeoutSetting, urlSetting } from '../settings.ts'
import { sole } from '../sole.ts'
import { alertsOf } from './alerts.ts'

/** Alerts for Prometheus' Alertmanager. */
export const alertmanagerKind = notifierKind({
  name: 'alertmanager',
  summary: "alerts for Prometheus' Alertmanager",
  example: { url: 'http://127.0.0.1:9093' },
  options: z.strictObject({
    url: urlSetting('Where it is, without /api; a name and password may stand before the host.'),
    lasts: durationSetting(
      '1m',
      '30d',
      'For how long it should believe that an alert fires that it hears no more of.'
    ).prefault('1d'),
    ca: caSetting,
    timeout: timeoutSetting
  }),
  async open({ lasts, url, ...options }, dependencies) {
    const { Endpoint } = await import('../http/endpoint.ts')
    const place = new URL(url)
    place.pathname = `${place.pathname.replace(/\/$/, '')}/api/v2/alerts`
    const endpoint = new Endpoint({ ...options, url: place.href, secretPath: false })
    return sole(
      'alertmanager',
      endpoint.name,
      async (notification, signal) => {
        const alerts = alertsOf(notification, lasts, dependencies)
        if (alerts.length > 0) await endpoint.post(JSON.stringify(alerts), {}, signal)
      },
      () => endpoint.close()
    )
  }
})
