import { createHmac } from 'node:crypto'
import { validateHeaderName, validateHeaderValue } from 'node:http'
import * as z from 'zod'
import { SECOND_MS } from '../../core/time.ts'
import { notifierKind } from '../kind.ts'
import { payloadText } from '../message/payload.ts'
import { caSetting, timeoutSetting, urlSetting } from '../settings.ts'

/** Notifications as JSON, for programs. */
export const webhookKind = notifierKind({
  name: 'webhook',
  summary: 'JSON that is sent by POST to an address, signed',
  example: { url: 'https://example.org/visor', secret: '${WEBHOOK_SECRET}' },
  options: z.strictObject({
    url: urlSetting('Where notifications are sent to by POST, as JSON.'),
    secret: z
      .string()
      .min(8, 'expected at least eight characters')
      .optional()
      .describe('Signs the notifications, so that the receiver can verify them; unsigned when absent.'),
    headers: z
      .record(z.string(), z.string())
      .refine(
        headers => Object.entries(headers).every(([name, value]) => isHeader(name, value)),
        'expected names and values of headers'
      )
      .default({})
      .describe('Further headers, such as Authorization.'),
    ca: caSetting,
    timeout: timeoutSetting
  }),
  async open({ secret, ...options }, dependencies) {
    const { httpNotifier } = await import('../http.ts')
    return httpNotifier('webhook', { ...options, secretPath: true }, notification => {
      const body = payloadText(notification, dependencies)
      const timestamp = String(Math.floor(dependencies.clock() / SECOND_MS))
      const headers = { 'X-Visor-Notification': notification.id, 'X-Visor-Timestamp': timestamp }
      const signature = secret === undefined ? undefined : webhookSignature(secret, timestamp, body)
      return { body, headers: { ...headers, ...(signature && { 'X-Visor-Signature': signature }) } }
    })
  }
})

/** `sha256=` and the HMAC (RFC 2104) of timestamp, dot and body in hexadecimal digits. */
export function webhookSignature(secret: string, timestamp: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`
}

function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name)
    validateHeaderValue(name, value)
    return true
  } catch {
    return false
  }
}
