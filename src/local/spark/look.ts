import { z } from 'zod'

/** An executor as Spark's own pages tell of it. */
export interface ExecutorView {
  readonly id: string
  readonly cores: number
}

const applications = z.array(z.object({ id: z.string() }))
const executors = z.array(z.object({ id: z.string(), isActive: z.boolean(), totalCores: z.number() }))

/** The executors that a Spark has at the moment, asked of its pages; that of `local[N]` is its driver. `undefined` without an answer. */
export async function executorsAt(ui: string, signal: AbortSignal): Promise<ExecutorView[] | undefined> {
  const get = async (path: string): Promise<unknown> =>
    (await fetch(`${ui}/api/v1/${path}`, { signal })).json()
  try {
    const [application] = applications.parse(await get('applications'))
    const all = executors.parse(await get(`applications/${application?.id}/executors`))
    const active = all.filter(({ isActive, totalCores }) => isActive && totalCores > 0)
    return active.map(({ id, totalCores }) => ({ id, cores: totalCores }))
  } catch {
    signal.throwIfAborted()
    return undefined
  }
}
