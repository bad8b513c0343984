import { validateHeaderName, validateHeaderValue } from 'node:http'
import * as z from 'zod'
import { caSetting, timeoutSetting, urlSetting } from '../settings.ts'

function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name)
    validateHeaderValue(name, value)
    return true
  } catch {
    return false
  }
}

/** What a webhook can be told. */
export const webhookOptions = z.strictObject({
  url: urlSetting('Where notifications are sent to by POST, as JSON.'),
  secret: z
    .string()
    .min(8, 'expected at least eight characters')
    .optional()
    .describe(
      'What notifications are signed with, so that they can be told from others; unsigned when absent.'
    ),
  headers: z
    .record(z.string(), z.string())
    .refine(
      headers => Object.entries(headers).every(([name, value]) => isHeader(name, value)),
      'expected names and values of headers'
    )
    .default({})
    .describe('Headers to be sent besides, such as Authorization.'),
  ca: caSetting,
  timeout: timeoutSetting
})

export type WebhookOptions = z.output<typeof webhookOptions>
