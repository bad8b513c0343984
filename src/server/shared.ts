/**
 * Makes calls for the same key within `lifetime` milliseconds one call, whose answer all get. A call that failed
 * is not kept. `clock` tells milliseconds.
 */
export function shared<Key, Answer>(
  load: (key: Key) => Promise<Answer>,
  lifetime: number,
  clock: () => number
): (key: Key) => Promise<Answer> {
  const calls = new Map<Key, { answer: Promise<Answer>; begun: number }>()
  return key => {
    const call = calls.get(key)
    if (call && clock() - call.begun < lifetime) return call.answer
    const answer = load(key)
    calls.set(key, { answer, begun: clock() })
    answer.catch(() => calls.delete(key))
    return answer
  }
}
