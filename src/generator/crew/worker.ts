import { parentPort, workerData } from 'node:worker_threads'
import { plainError, type PlainError } from '../../core/errors.ts'
import type { Count } from '../counts.ts'
import { ShareMaker, type Piece, type Share } from './share.ts'

/** What a thread of a crew says: the lines up to the time that it was told, or all that it has counted. */
export type FromShare =
  | { readonly pieces: readonly Piece[]; readonly full: boolean }
  | { readonly counts: readonly Count[] }
  | { readonly failure: PlainError }

/** A thread of a crew: is told times to make its lines up to, or to tell its counts. */
const share: Share = workerData
const maker = new ShareMaker(share)

parentPort?.on('message', (told: number | 'counts') => {
  try {
    if (told === 'counts') return say({ counts: maker.counts })
    const pieces = maker.make(told)
    say(
      { pieces, full: maker.full },
      pieces.map(({ bytes }) => bytes.buffer)
    )
  } catch (error) {
    say({ failure: plainError(error) })
  }
})

function say(message: FromShare, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer)
}
