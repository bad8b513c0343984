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

/** What is wrong with the numbers in stores that are closed: each from 0 up to `below` is there once in all of them together. */
export async function judgeNumbers(stores: readonly string[], below: number): Promise<string[]> {
  const seen = new Map<number, number>()
  for (const store of stores) {
    const instance = await DuckDBInstance.create(join(store, 'visor.duckdb'), { access_mode: 'READ_ONLY' })
    const connection = await instance.connect()
    const rows = await connection.runAndReadAll('select path, bytes, count(*) from log group by all')
    for (const [path, bytes, count] of rows.getRows()) {
      const number = Number(bytes)
      if (path === `/line/${number}`) seen.set(number, (seen.get(number) ?? 0) + Number(count))
      else seen.set(-1, (seen.get(-1) ?? 0) + 1)
    }
    connection.closeSync()
    instance.closeSync()
  }
  const wrong = seen.has(-1) ? [`${seen.get(-1)} lines are torn`] : []
  for (let number = 0; number < below; number++) {
    const times = seen.get(number) ?? 0
    if (times !== 1) wrong.push(`line ${number}: ${times} times`)
  }
  return wrong
}
