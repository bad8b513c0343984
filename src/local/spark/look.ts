import { z } from 'zod'
import { executorsAt } from '../../spark/cluster.ts'

/** An executor of a Spark. */
export interface ExecutorView {
  readonly id: string
  readonly cores: number
}

const applications = z.array(z.object({ id: z.string() }))

/** The executors that a Spark has at the moment, asked of its pages; that of `local[N]` is its driver. `undefined` without an answer. */
export async function executorsOf(ui: string, signal: AbortSignal): Promise<ExecutorView[] | undefined> {
  const all = `${ui}/api/v1/applications`
  try {
    const [application] = applications.parse(await (await fetch(all, { signal })).json())
    const executors = application && (await executorsAt(`${all}/${application.id}/executors`, { signal }))
    return executors?.map(({ id, totalCores }) => ({ id, cores: totalCores }))
  } catch {
    signal.throwIfAborted()
    return undefined
  }
}
