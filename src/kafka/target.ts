const TARGET = /^kafka:\/\/(?<brokers>[^/?]*)\/?(?<topic>[^?]*)\??(?<query>.*)$/

/** The parts of `kafka://BROKER,BROKER/TOPIC?SETTING=VALUE`, as text; `undefined` for another scheme. */
export function partsOf(
  target: string
): { brokers: string; topic: string; settings: Record<string, string> } | undefined {
  const { brokers = '', topic = '', query } = TARGET.exec(target)?.groups ?? {}
  if (query === undefined) return undefined
  return { brokers, topic, settings: Object.fromEntries(new URLSearchParams(query)) }
}
