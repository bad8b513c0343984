import type { LineBatch } from '../src/core/sink.ts'
import { linesOf } from '../src/sinks/contract.ts'

/** How many lines are handed over at once. */
export const PIECE = 5000
const CLIENTS = 20_000

const clientOf = (i: number): string => `10.${i % 7}.${Math.floor(i / 250) % 80}.${i % 250}`
const lastYear = (i: number): string =>
  `17/May/2025:10:${String(Math.floor(i / 1000) % 60).padStart(2, '0')}:03 +0000`
const line = (i: number, client: string, time: string): string =>
  `${client} - - [${time}] "GET /item/${i % 2000}?page=${i % 7} HTTP/1.1" ` +
  `${i % 20 === 0 ? 404 : 200} ${1000 + (i % 9000)} "https://shop.example/" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/1${i % 30}.0 Safari/537.36"`

/** Pieces of combined lines of about 200 bytes, of an hour, with their clients as keys. */
export function linePieces(): LineBatch[] {
  return Array.from({ length: 20 }, (_, piece) => pieceOf(piece, lastYear))
}

/** One such piece, written at one time, as `clf` writes it. */
export function linesOfNow(time: string, piece: number): LineBatch {
  return pieceOf(piece, () => time)
}

function pieceOf(piece: number, timeOf: (i: number) => string): LineBatch {
  const numbers = Array.from({ length: PIECE }, (_, i) => Math.imul(piece * PIECE + i, 2_654_435_761) >>> 7)
  const clients = numbers.map(n => clientOf(n % CLIENTS))
  return linesOf(
    numbers.map((n, i) => line(n, clients[i] ?? '', timeOf(n))),
    clients
  )
}
