import { weighted, type Random } from '../random.ts'
import world from './world.json' with { type: 'json' }

/** What a server's error log says. */
export interface Complaint {
  readonly level: string
  readonly module: string
  readonly message: string
  /** Lines that follow, such as a stack trace. */
  readonly details?: string
}

/** What the error log says when a page fails, and besides in one that is made alone: `{path}` is the page, `{n}` a number. */
const FAILURES: readonly (Complaint & { readonly weight: number })[] = world.failures
const REMARKS: typeof FAILURES = world.remarks

const drawn = (from: typeof FAILURES): ((random: Random) => Complaint) =>
  weighted(from.map(complaint => [complaint, complaint.weight]))
const failure = drawn(FAILURES)
const remark = drawn([...REMARKS, ...FAILURES])

/** What the error log says of a request for `path` that failed. */
export function complaintOf(random: Random, path: string): Complaint {
  return filled(failure(random), path, random)
}

/** Something that the error log says, a failure or not. */
export function remarkOn(random: Random, path: string): Complaint {
  return filled(remark(random), path, random)
}

function filled({ level, module, message, details }: Complaint, path: string, random: Random): Complaint {
  const number = String(1 + Math.floor(random() * 30))
  const fill = (text: string): string =>
    text.replaceAll(/\{(path|n)\}/g, (_, name) => (name === 'path' ? path : number))
  return { level, module, message: fill(message), ...(details !== undefined && { details: fill(details) }) }
}

/** What the error log says of a page that is not there. */
export function missing(path: string): Complaint {
  return { level: 'info', module: 'core', message: `AH00128: File does not exist: /srv/shop/public${path}` }
}
