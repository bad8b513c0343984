import { availableParallelism } from 'node:os'
import { startSpark } from '../local/spark/start.ts'
import type { Context } from './context.ts'
import { fetchingOf } from './fetching.ts'

const MEMORY_MB = 1024

/** A Spark that a command uses, and what of it ends with the command. */
export interface UsedSpark extends AsyncDisposable {
  /** Its address. */
  readonly connect: string
}

/** The Spark of an address; without one it is started on this machine, and ends with the command. @throws VisorError LOCAL */
export async function sparkAt(connect: string | undefined, context: Context): Promise<UsedSpark> {
  if (connect !== undefined) return { connect, [Symbol.asyncDispose]: async () => {} }
  const fetching = fetchingOf(context)
  fetching.progress('starting Spark')
  const size = { workers: 0, cores: availableParallelism(), memory: MEMORY_MB }
  const spark = await startSpark({ ...size, tied: true }, fetching)
  return { connect: spark.address, [Symbol.asyncDispose]: async () => spark[Symbol.asyncDispose]() }
}
