import { hash } from 'node:crypto'
import { slice } from '../bytes.ts'

const LENGTH = 1024

/**
 * The fingerprint of what was read of a file: its first bytes and the last bytes before `end`, at most 1024 each.
 * A file that still has them was not truncated; another file that has them is a copy.
 */
export interface Fingerprint {
  readonly head: Uint8Array
  readonly tail: Uint8Array
  /** Where the tail ends, in bytes. */
  readonly end: number
}

/** A fingerprint as it is stored: hashes in place of the bytes. */
export interface StoredFingerprint {
  readonly head: string
  readonly headLength: number
  readonly tail: string
  readonly tailLength: number
  readonly tailEnd: number
}

export const NO_FINGERPRINT: Fingerprint = { head: new Uint8Array(0), tail: new Uint8Array(0), end: 0 }

/** The fingerprint of the first `end` bytes. */
export function takeFingerprint(fd: number, end: number): Fingerprint {
  return { head: slice(fd, 0, Math.min(LENGTH, end)), tail: tailAt(fd, end), end }
}

/** The last bytes before `end`. */
export function tailAt(fd: number, end: number): Uint8Array {
  return slice(fd, Math.max(0, end - LENGTH), end)
}

/** The head, made longer by bytes that were read at `at`, until it has its full length. */
export function extendHead(head: Uint8Array, bytes: Uint8Array, at: number): Uint8Array {
  const length = Math.min(LENGTH, at + bytes.length)
  if (length <= head.length || at > head.length) return head
  const longer = new Uint8Array(length)
  longer.set(bytes.subarray(0, length - at), at)
  longer.set(head)
  return longer
}

/** The fingerprint of longer content: that of what came before, and the bytes that follow. */
export function extendFingerprint({ head, tail, end }: Fingerprint, bytes: Uint8Array): Fingerprint {
  const recent = Buffer.concat([tail, bytes])
  return {
    head: extendHead(head, bytes, end),
    tail: recent.subarray(-LENGTH).slice(),
    end: end + bytes.length
  }
}

/** Whether the file still, or also, has the bytes of the fingerprint. */
export function agrees(fd: number, { head, tail, end }: Fingerprint): boolean {
  return has(fd, 0, head) && has(fd, end - tail.length, tail)
}

function has(fd: number, at: number, bytes: Uint8Array): boolean {
  return Buffer.compare(slice(fd, at, at + bytes.length), bytes) === 0
}

export function toStored({ head, tail, end }: Fingerprint): StoredFingerprint {
  return {
    head: digest(head),
    headLength: head.length,
    tail: digest(tail),
    tailLength: tail.length,
    tailEnd: end
  }
}

/** The fingerprint with its bytes, when the file has those that were stored; else `undefined`. */
export function restore(fd: number, stored: StoredFingerprint): Fingerprint | undefined {
  const head = slice(fd, 0, stored.headLength)
  const tail = slice(fd, stored.tailEnd - stored.tailLength, stored.tailEnd)
  const same = digest(head) === stored.head && digest(tail) === stored.tail
  return same ? { head, tail, end: stored.tailEnd } : undefined
}

/** The hash that stands for bytes in a stored fingerprint. */
export function digest(bytes: Uint8Array): string {
  return hash('sha1', bytes, 'base64')
}

/** Whether two files have the same bytes up to `length`: all of them when few, samples of 64 KiB when many. */
export function sameBytes(a: number, b: number, length: number): boolean {
  const block = 65_536
  const step = Math.max(block, Math.floor(length / 16))
  for (let at = 0; at < length; at += step) {
    const end = Math.min(length, at + block)
    if (Buffer.compare(slice(a, at, end), slice(b, at, end)) !== 0) return false
  }
  const last = Math.max(0, length - block)
  return Buffer.compare(slice(a, last, length), slice(b, last, length)) === 0
}

/** Whether so much was read that another file with the same bytes can only be a copy, not one that begins alike. */
export function decisive(end: number): boolean {
  return end >= LENGTH
}
