import { counted, formatBytes } from './units.ts'

/** How far a question is that takes long. */
export interface AnswerProgress {
  readonly done: number
  /** Of how many by now: there may be more to come. */
  readonly total: number
  /** What is counted, one of them. */
  readonly unit: string
  /** What was read, where that is known. */
  readonly bytes?: number
}

/** How a question ends: with its answer, or with what is wrong. `status` is that of HTTP. */
export type AnswerEnd<Answer = unknown> =
  | { readonly answer: Answer }
  | { readonly status: number; readonly error: string; readonly code?: string; readonly remedy?: string }

/** The type of an answer in lines of JSON: how far it is, as often as that is known, and at last how it ends. */
export const STREAMED = 'application/x-ndjson'

/** A line of such an answer. */
export type AnswerPart<Answer = unknown> = { readonly progress: AnswerProgress } | AnswerEnd<Answer>

/** For people: `3 of 12 tasks, 40 MB read`. */
export function progressText({ done, total, unit, bytes }: AnswerProgress): string {
  const read = bytes === undefined ? '' : `, ${formatBytes(bytes)} read`
  return `${done} of ${counted(total, unit)}${read}`
}

/** Several that are under way together, at least one, as one. */
export function sumOfProgress(all: readonly AnswerProgress[]): AnswerProgress {
  return all.reduce((sum, one) => ({
    ...sum,
    done: sum.done + one.done,
    total: sum.total + one.total,
    bytes: (sum.bytes ?? 0) + (one.bytes ?? 0)
  }))
}

/** Reads an answer in lines to its end. @throws Error where it is cut off */
export async function readStreamed<Answer>(
  chunks: AsyncIterable<Uint8Array>,
  onProgress: (progress: AnswerProgress) => void
): Promise<AnswerEnd<Answer>> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true })
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    for (const line of lines) {
      const part: AnswerPart<Answer> = JSON.parse(line)
      if (!('progress' in part)) return part
      onProgress(part.progress)
    }
  }
  throw new Error('the answer was cut off')
}
