import { readFileSync, statSync } from 'node:fs'
import * as z from 'zod'
import { VisorError } from '../../core/errors.ts'
import { reasonOf } from '../../system/reason.ts'

/** The login of a mail account. */
export interface Account {
  readonly address: string
  readonly password: string
}

const shape = z.looseObject({
  email: z.looseObject({ address: z.string().min(1), password: z.string().min(1) })
})

/**
 * Reads a private file with a login, as the first Visor had it: `{"email": {"address": "…", "password": "…"}}`.
 * @throws VisorError NOTIFIER where it cannot be read, others can read it too, or it holds something else
 */
export function readAccount(path: string): Account {
  const { mode, text } = contentOf(path)
  if ((mode & 0o077) !== 0)
    throw new VisorError(
      'NOTIFIER',
      `the account file ${path} has mode ${(mode & 0o777).toString(8)}, others can read the password: chmod 600 ${path}`
    )
  const { data } = shape.safeParse(parsed(text))
  if (data) return data.email
  throw new VisorError(
    'NOTIFIER',
    `the account file ${path} should hold {"email": {"address": "…", "password": "…"}}`
  )
}

function contentOf(path: string): { mode: number; text: string } {
  try {
    return { mode: statSync(path).mode, text: readFileSync(path, 'utf8') }
  } catch (error) {
    throw new VisorError('NOTIFIER', `cannot read the account file ${path}: ${reasonOf(error)}`, {
      cause: error
    })
  }
}

/** Nothing of the text is told: it may be the password. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
