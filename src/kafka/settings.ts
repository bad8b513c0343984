import * as z from 'zod'

const BROKER = /^(?:\[[\da-f:.]+\]|[\w.-]+):(\d{1,5})$/i

function isBroker(text: string): boolean {
  const port = Number(BROKER.exec(text)?.[1])
  return port > 0 && port < 65_536
}

/** Where a broker is to be found. */
export const broker = z.string().refine(isBroker, 'a broker is HOST:PORT, or [IPv6]:PORT')

/** The name of a topic. */
export const topic = z
  .string()
  .regex(/^(?!\.{1,2}$)[\w.-]{1,249}$/, 'a topic is 1 to 249 of a-z, A-Z, 0-9, dot, hyphen and underscore')

const TARGET = /^kafka:\/\/(?<brokers>[^/?]*)\/?(?<topic>[^?]*)\??(?<query>.*)$/

/** The parts of `kafka://BROKER,BROKER/TOPIC?SETTING=VALUE`, as text; `undefined` for another scheme. */
export function kafkaTargetParts(
  target: string
): { brokers: string; topic: string; settings: Record<string, string> } | undefined {
  const { brokers = '', topic = '', query } = TARGET.exec(target)?.groups ?? {}
  if (query === undefined) return undefined
  return { brokers, topic, settings: Object.fromEntries(new URLSearchParams(query)) }
}
