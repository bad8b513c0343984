import type { Fetching } from '../local/cache.ts'
import { defaultCache } from '../system/folders.ts'
import type { Context } from './context.ts'

/** Where things are fetched to, and what is said meanwhile. */
export function fetchingOf({ env, signal, stderr }: Pick<Context, 'env' | 'signal' | 'stderr'>): Fetching {
  return { env, cache: defaultCache(env), signal, progress: line => stderr.write(`visor: ${line}\n`) }
}
