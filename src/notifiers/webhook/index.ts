import { createHmac } from 'node:crypto'
import { notifierKind } from '../kind.ts'
import { payloadText } from '../message/payload.ts'
import { sole } from '../sole.ts'
import { webhookOptions } from './options.ts'

/** Notifications as JSON, for programs. */
export const webhookKind = notifierKind({
  name: 'webhook',
  summary: 'JSON that is sent by POST to an address, signed',
  example: { url: 'https://example.org/visor', secret: '${WEBHOOK_SECRET}' },
  options: webhookOptions,
  async open({ secret, ...options }, dependencies) {
    const { Endpoint } = await import('../http/endpoint.ts')
    const endpoint = new Endpoint({ ...options, secretPath: true })
    const tell = (body: string, id: string, signal: AbortSignal): Promise<void> => {
      const timestamp = String(Math.floor(dependencies.clock() / 1000))
      const headers = { 'X-Visor-Notification': id, 'X-Visor-Timestamp': timestamp }
      const signed = secret === undefined ? {} : { 'X-Visor-Signature': signatureOf(secret, timestamp, body) }
      return endpoint.post(body, { ...headers, ...signed }, signal)
    }
    return sole(
      'webhook',
      endpoint.name,
      (notification, signal) => tell(payloadText(notification, dependencies), notification.id, signal),
      () => endpoint.close()
    )
  }
})

/** `sha256=` and the HMAC (RFC 2104) of timestamp, dot and body in hexadecimal digits. */
export function signatureOf(secret: string, timestamp: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`
}
