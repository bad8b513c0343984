import { createHash, randomBytes } from 'node:crypto'
import { VisorError } from '../../core/errors.ts'
import { MINUTE_MS, type Clock, type Millis } from '../../core/time.ts'

/** How long a link may be followed. */
export const ONCE_LIFETIME: Millis = 10 * MINUTE_MS

/** Links that there may be; the oldest go when there are more. */
const MOST = 20

/** Keys that sign a browser in once, each in the name of who asked for it on this machine. They are forgotten with this process. */
export class OnceKeys {
  readonly #clock: Clock
  readonly #keys = new Map<string, { readonly name: string; readonly until: Millis }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  make(name: string): string {
    const key = randomBytes(32).toString('base64url')
    this.#keys.set(hashOf(key), { name, until: this.#clock() + ONCE_LIFETIME })
    const [oldest] = this.#keys.keys()
    if (this.#keys.size > MOST && oldest !== undefined) this.#keys.delete(oldest)
    return key
  }

  /** In whose name a key signs in; `undefined` for one that is none, is over, or was used. */
  nameOf(key: string): string | undefined {
    const found = this.#keys.get(hashOf(key))
    return found && this.#clock() < found.until ? found.name : undefined
  }

  /** The same, once. */
  take(key: string): string | undefined {
    const name = this.nameOf(key)
    this.#keys.delete(hashOf(key))
    return name
  }
}

/** What is looked for is a hash, so that how long it takes tells nothing of a key. */
function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

/** Links that sign in the name of somebody, one of which is to be followed: where people reach the page, and on this machine. */
export interface LoginLinks {
  readonly name: string
  readonly links: readonly string[]
}

/** @throws VisorError CONNECTION where there is no page */
export function loginLinks(
  keys: OnceKeys,
  name: string,
  address: string | undefined,
  url: string | undefined
): LoginLinks {
  if (address === undefined)
    throw new VisorError('CONNECTION', 'the Visor that runs there serves no page', {
      remedy: 'Start it without `--no-page`, and with `page.enabled`.'
    })
  const key = keys.make(name)
  return { name, links: [...(url === undefined ? [] : [url]), address].map(page => `${page}login/${key}`) }
}
