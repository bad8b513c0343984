import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DAY_MS, MINUTE, SECOND } from '../../../core/time.ts'
import { formatFor } from '../../../formats/index.ts'
import { fileOptions } from '../../../sources/file/options.ts'
import { openStore, openStoreSink, type Store } from '../../../store/index.ts'
import { ingest } from '../ingest.ts'
import type { EnginePlan } from '../../../counting/plan.ts'

const DEPENDENCIES = { clock: Date.now, random: Math.random, fineClock: Date.now }

/** A store in a folder with all lines of a log, which is written there and read as a source of this name. */
export async function storedLog(folder: string, name: string, text: string, format?: string): Promise<Store> {
  const path = join(folder, 'stored.log')
  writeFileSync(path, text)
  const store = await openStore(join(folder, 'store'), { formatFor, retention: 36_500 * DAY_MS })
  const options = { type: 'file', ...fileOptions.parse({ path, poll: '10ms' }) }
  const plan: EnginePlan = {
    name,
    sources: [{ name, options, known: [], zone: 'UTC', format }],
    window: 10 * SECOND,
    lateness: MINUTE,
    aging: true,
    country: true,
    limit: 100,
    signals: []
  }
  const stop = new AbortController()
  const done = ingest(plan, openStoreSink(store.handle()), () => {}, DEPENDENCIES, stop.signal)
  const size = Buffer.byteLength(text)
  for (let tries = 0; tries < 500 && (await store.counters()).get(name)?.bytes !== size; tries++) {
    await new Promise(resolve => setTimeout(resolve, 10))
  }
  stop.abort()
  await done
  return store
}
