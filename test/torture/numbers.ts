import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A line in the common format that is known by its number; `padding` characters make it longer. */
export function numberedLine(number: number, padding: number): string {
  const now = new Date()
  const day = `${String(now.getUTCDate()).padStart(2, '0')}/${MONTHS[now.getUTCMonth()]}/${now.getUTCFullYear()}`
  const time = now.toISOString().slice(11, 19)
  return `192.0.2.${number % 250} - - [${day}:${time} +0000] "GET /line/${number}?${'x'.repeat(padding)} HTTP/1.1" 200 ${number}\n`
}

/** The fields of `numberedFields`. */
export const FIELDS = '#Fields: date time c-ip cs-method cs-uri-stem cs-uri-query sc-status\n'

/** The same as a line of an extended log. */
export function numberedFields(number: number, padding: number): string {
  const [day, time] = new Date().toISOString().split(/[T.]/)
  return `${day} ${time} 192.0.2.${number % 250} GET /line/${number} ${'x'.repeat(padding) || '-'} 200\n`
}

/** What is wrong with the numbers in stores that are closed: each from 0 up to `below` is there once in all of them together. */
export async function checkNumbers(stores: readonly string[], below: number): Promise<string[]> {
  const paths = await askAll(stores, 'select path, count(*) from log group by all')
  return check(paths, below, number => `/line/${number}`)
}

/** What is wrong with the rejected lines in stores that are closed: each of `brokenLine(0)` and so on is there once. */
export async function checkRejected(stores: readonly string[], below: number): Promise<string[]> {
  const lines = await askAll(stores, 'select decode(line), count(*) from rejected group by all')
  return check(lines, below, brokenLine)
}

/** A line that follows no format. */
export function brokenLine(number: number): string {
  return `broken ${number}`
}

/** The first column of each row, with the number in the second, added up over all stores. */
async function askAll(stores: readonly string[], sql: string): Promise<Map<string, number>> {
  const seen = new Map<string, number>()
  for (const store of stores) {
    const instance = await DuckDBInstance.create(join(store, 'visor.duckdb'), { access_mode: 'READ_ONLY' })
    const connection = await instance.connect()
    for (const [text, count] of (await connection.runAndReadAll(sql)).getRows())
      seen.set(String(text), (seen.get(String(text)) ?? 0) + Number(count))
    connection.closeSync()
    instance.closeSync()
  }
  return seen
}

function check(seen: Map<string, number>, below: number, textOf: (number: number) => string): string[] {
  const wrong: string[] = []
  for (let number = 0; number < below; number++) {
    const text = textOf(number)
    const times = seen.get(text) ?? 0
    if (times !== 1) wrong.push(`${text}: ${times} times`)
    seen.delete(text)
  }
  return [
    ...wrong,
    ...Array.from(seen, ([text, times]) => `${text} was never written, but is there ${times} times`)
  ]
}
