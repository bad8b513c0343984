import { setTimeout } from 'node:timers/promises'
import { addressText } from '../../core/address.ts'
import type { Source } from '../../core/source.ts'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import { Inbox } from '../inbox.ts'
import type { SourceDependencies } from '../kind.ts'
import { Listener } from '../net/listener.ts'
import { networkSource } from '../net/receiver.ts'
import { PortErrors } from '../net/port-errors.ts'
import { createApp } from './app.ts'
import { Deposits } from './deposits.ts'
import type { HttpOptions } from './options.ts'

/** How long responses have to leave when it is over, and how often that is looked at. */
const SHUTDOWN_TIMEOUT: Millis = SECOND_MS
const SHUTDOWN_CHECK_INTERVAL: Millis = 10

/** Lines that others post; all requests are one stream, each of them in one piece. */
export async function httpSource(options: HttpOptions, { name, clock }: SourceDependencies): Promise<Source> {
  const inbox = new Inbox(`http:${name}`, clock)
  const stream = inbox.open(addressText(options.listen))
  const deposits = new Deposits(stream, options.buffer)
  const errors = new PortErrors(clock)
  const app = await createApp(options, deposits, why => errors.refused(why))
  const listener = new Listener(app.server, options, errors)
  let unanswered = 0
  app.server.on('request', (_request, response) => {
    unanswered++
    response.once('close', () => unanswered--)
  })
  return {
    ...networkSource(inbox, [listener]),
    async close() {
      // Where reading ended by itself.
      listener.stop()
      deposits.close()
      for (let left = SHUTDOWN_TIMEOUT; left > 0 && unanswered > 0; left -= SHUTDOWN_CHECK_INTERVAL)
        await setTimeout(SHUTDOWN_CHECK_INTERVAL)
      listener.close()
    },
    committed(id, { offset }) {
      if (id === stream.id) deposits.committed(offset)
    }
  }
}
