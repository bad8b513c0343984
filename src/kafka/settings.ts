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
