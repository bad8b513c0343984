import { DETAILS } from '../core/program.ts'
import type { Scan, Scanner } from '../scanner/index.ts'

/** Numbers the lines of a stream from 1, empty ones too. */
export class LineNumbers {
  #passed = 0

  /** How many lines were passed. */
  get passed(): number {
    return this.#passed
  }

  /** Passes the lines of a scan; gives the numbers of its first rejected lines, at most `limit`. */
  pass(scan: Scan, scanner: Scanner, limit = Infinity): number[] {
    let from = 0
    let number = this.#passed + 1
    const numbers = scan.rejected.slice(0, limit).map(({ start }) => {
      number += newlines(scanner.raw(from, start - from))
      from = start
      return number
    })
    this.#passed += linesOf(scan, scanner)
    return numbers
  }
}

/** Lines that a scan went over, empty ones too. They are counted only where the others do not make up all bytes. */
function linesOf({ batches, rejected, consumed }: Scan, scanner: Scanner): number {
  let lines = rejected.length
  let bytes = lines
  for (const { rows, length, flags, columns } of batches) {
    if (columns.has(DETAILS)) return newlines(scanner.raw(0, consumed))
    lines += rows
    bytes += rows
    for (let row = 0; row < rows; row++) bytes += length[row]! + ((flags[row]! >> 1) & 1)
  }
  for (const rejection of rejected) bytes += rejection.length
  return bytes === consumed ? lines : newlines(scanner.raw(0, consumed))
}

function newlines(bytes: Uint8Array): number {
  let count = 0
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++
  return count
}
