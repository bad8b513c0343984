import { readStreamed, STREAMED, type AnswerEnd, type AnswerProgress } from '../../core/answer.ts'

/** The question itself is wrong, or none that this Visor can answer: it need not be asked again. */
export class RefusedQuestion extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** How a question is given up, and how its asker hears how far it is. */
export interface PageCall {
  readonly signal: AbortSignal
  readonly onProgress: (progress: AnswerProgress) => void
}

/** The server's answer. Rejects with what is wrong. */
export async function getAnswer<Answer>(
  path: string,
  params: URLSearchParams,
  { signal, onProgress = () => {} }: Pick<PageCall, 'signal'> & Partial<PageCall>
): Promise<Answer> {
  const headers = { accept: `${STREAMED}, application/json` }
  const response = await fetch(`./api/${path}?${params.toString()}`, { signal, headers })
  const end = await endOf<Answer>(response, onProgress)
  if ('answer' in end) return end.answer
  throw end.status === 400 || end.status === 501
    ? new RefusedQuestion(end.status, end.error)
    : new Error(end.error)
}

async function endOf<Answer>(
  response: Response,
  onProgress: PageCall['onProgress']
): Promise<AnswerEnd<Answer>> {
  const { body, headers, ok, status } = response
  if (body && headers.get('content-type') === STREAMED) return readStreamed(chunksOf(body), onProgress)
  const answer = await response.json()
  return ok ? { answer } : { status, ...answer }
}

/** Not every browser can go through a body by itself. */
async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    yield value
  }
}
