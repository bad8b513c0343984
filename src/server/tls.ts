import { X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import type { Server } from 'node:https'
import { createSecureContext } from 'node:tls'
import { VisorError } from '../core/errors.ts'
import { DAY_MS, SECOND_MS, type Clock, type Millis } from '../core/time.ts'
import { utcText } from '../core/units.ts'
import { reasonOf } from '../system/reason.ts'
import { unreadable } from '../system/refused.ts'

/** Where certificate and key are, as PEM. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
}

interface Pair {
  readonly cert: Buffer
  readonly key: Buffer
  /** Until when the certificate is good. */
  readonly until: Millis
}

/** How often it is looked for a renewed certificate. */
const LOOKED: Millis = 10 * SECOND_MS

/** How long before its end a certificate should have been renewed. */
const SOON: Millis = 7 * DAY_MS

/**
 * Certificate and key, as they are now. @throws VisorError FILE_MISSING, FILE_UNREADABLE, CONFIG where they do not belong together or are
 * none
 */
export function readPair({ cert, key }: TlsFiles): Pair {
  const [certificate, secret] = [read(cert, 'certificate'), read(key, 'key')]
  try {
    createSecureContext({ cert: certificate, key: secret })
    return { cert: certificate, key: secret, until: new X509Certificate(certificate).validToDate.getTime() }
  } catch (cause) {
    throw new VisorError('CONFIG', `the page cannot use ${cert} with ${key}: ${reasonOf(cause)}`, {
      cause,
      remedy:
        'Name a certificate (with those between it and the root) and the key that belongs to it, both as PEM.'
    })
  }
}

/** Has a server take a certificate when it is renewed. */
export class Renewal {
  readonly #server: Pick<Server, 'setSecureContext'>
  readonly #files: TlsFiles
  readonly #clock: Clock
  readonly #timer: NodeJS.Timeout
  #seen: string
  #until: Millis
  #failure: string | undefined

  /** `pair` is what the server has. */
  constructor(
    server: Pick<Server, 'setSecureContext'>,
    files: TlsFiles,
    { until }: Pair,
    { clock, interval = LOOKED }: { readonly clock: Clock; readonly interval?: Millis }
  ) {
    this.#server = server
    this.#files = files
    this.#clock = clock
    this.#until = until
    this.#seen = versionOf(files)
    this.#timer = setInterval(() => this.#look(), interval).unref()
  }

  /** What is wrong with the certificate, for people. */
  get problem(): string | undefined {
    if (this.#failure !== undefined) return `the page goes on with its old certificate: ${this.#failure}`
    const left = this.#until - this.#clock()
    if (left <= 0) return `the page's certificate is over since ${utcText(this.#until)}`
    return left < SOON
      ? `the page's certificate ends on ${utcText(this.#until)}, and was not renewed`
      : undefined
  }

  close(): void {
    clearInterval(this.#timer)
  }

  /** Certificate and key are not written at once: what does not go together is looked at again. */
  #look(): void {
    const version = versionOf(this.#files)
    if (version === this.#seen && this.#failure === undefined) return
    try {
      const { until, ...pair } = readPair(this.#files)
      this.#server.setSecureContext(pair)
      this.#until = until
      this.#seen = version
      this.#failure = undefined
    } catch (error) {
      this.#failure = reasonOf(error)
    }
  }
}

/** Changes with the files; links are followed. */
function versionOf({ cert, key }: TlsFiles): string {
  return [cert, key]
    .map(path => {
      const stat = statSync(path, { throwIfNoEntry: false })
      return stat && `${stat.ino} ${stat.size} ${stat.mtimeMs}`
    })
    .join()
}

function read(path: string, what: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw unreadable(`the page's ${what} ${path}`, cause)
  }
}
