import type { Transferable } from 'node:worker_threads'
import { errorOf, plainError, VisorError, type PlainError } from '../core/errors.ts'

/**
 * Calls from one thread to another, with answers. Both ends are compiled together, so a message is taken for what
 * the type of the other end says.
 */
interface Endpoint<Message> {
  postMessage(message: unknown, transfer: readonly Transferable[]): void
  on(event: 'message', listener: (message: Message) => void): unknown
}

/** Functions that the other thread may call. */
type Handlers = Record<string, (...args: never[]) => unknown>

interface Request {
  readonly id: number
  readonly method: string
  readonly args: readonly never[]
}

type Response =
  | { readonly id: number; readonly value: never }
  | { readonly id: number; readonly error: PlainError }

/** Answers the calls that come in. An error goes back with its code; one without a code as STORE_BROKEN. */
export function serve(endpoint: Endpoint<Request>, handlers: Handlers): void {
  endpoint.on('message', ({ id, method, args }) => {
    const run = async (): Promise<unknown> => {
      const handler = handlers[method]
      if (!handler) throw new VisorError('INTERNAL', `the store has no call ${method}`)
      return handler(...args)
    }
    run().then(
      value => endpoint.postMessage({ id, value }, []),
      (error: unknown) => endpoint.postMessage({ id, error: plainError(coded(error)) }, [])
    )
  })
}

function coded(error: unknown): VisorError {
  if (error instanceof VisorError) return error
  return new VisorError('STORE_BROKEN', error instanceof Error ? error.message : String(error), {
    cause: error
  })
}

/** The calling end. */
export interface Client<H extends Handlers> {
  /** Rejects with the VisorError of the other end, or of `fail`. */
  call<M extends keyof H & string>(
    method: M,
    args: Parameters<H[M]>,
    transfer?: readonly Transferable[]
  ): Promise<Awaited<ReturnType<H[M]>>>
  /** No answers will come any more: rejects the calls under way and all that follow. */
  fail(error: VisorError): void
}

export function createClient<H extends Handlers>(endpoint: Endpoint<Response>): Client<H> {
  const waiting = new Map<number, { resolve(value: never): void; reject(error: Error): void }>()
  let failed: VisorError | undefined
  let last = 0
  endpoint.on('message', response => {
    const call = waiting.get(response.id)
    waiting.delete(response.id)
    if ('error' in response) call?.reject(errorOf(response.error))
    else call?.resolve(response.value)
  })
  return {
    call: <M extends keyof H & string>(
      method: M,
      args: Parameters<H[M]>,
      transfer: readonly Transferable[] = []
    ) => {
      if (failed) return Promise.reject(failed)
      const call = Promise.withResolvers<Awaited<ReturnType<H[M]>>>()
      const id = ++last
      endpoint.postMessage({ id, method, args }, transfer)
      waiting.set(id, call)
      return call.promise
    },
    fail: error => {
      failed ??= error
      for (const call of waiting.values()) call.reject(failed)
      waiting.clear()
    }
  }
}
