import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'
import type { Source } from '../../core/source.ts'
import { parseAddress, type Address } from '../../core/address.ts'
import type { SourceDependencies } from '../kind.ts'

export function sourceDependencies(name = 'web'): SourceDependencies {
  return { name, clock: Date.now, random: () => 0.5 }
}

/** Waits, for a minute at most, until there is an answer. */
export async function until<T>(ask: () => T | undefined | false): Promise<T> {
  for (let tries = 0; tries < 12_000; tries++) {
    const answer = ask()
    if (answer !== undefined && answer !== false) return answer
    await new Promise(done => setTimeout(done, 5))
  }
  throw new Error(`waited in vain for ${String(ask)}`)
}

/** The first address at which a source listens, going by its state. */
export function listensAt(source: Pick<Source, 'state'>): Promise<Address> {
  return until(() => addressIn(source.state?.() ?? ''))
}

/** The first address at which something listens, going by a text. */
export function addressIn(text: string): Address | undefined {
  const address = /listens at (?:http:\/\/)?([^\s,;/]+:\d+)/.exec(text)?.[1]
  return address === undefined ? undefined : parseAddress(address)
}

/** Connects; with `tls`, encrypted. */
export async function dial(address: Address, tls?: ConnectionOptions): Promise<Socket> {
  const socket = tls ? connectTls({ ...address, ...tls }) : createConnection(address)
  await once(socket, tls ? 'secureConnect' : 'connect')
  // A connection that is broken off ends all the same.
  socket.on('error', () => {})
  return socket
}

/** Resolves when a connection is over, however it ends. */
export async function closed(socket: Socket): Promise<void> {
  if (socket.closed) return
  socket.on('error', () => {})
  await new Promise<void>(done => socket.once('close', () => done()))
}

/** Something to be done in order, once it can be: sending over a connection that is still to be made. */
export class Later<T> {
  readonly #begin: () => Promise<T>
  #last: Promise<T> | undefined

  constructor(begin: () => Promise<T>) {
    this.#begin = begin
  }

  do(action: (value: T) => void | Promise<void>): void {
    this.#last = (this.#last ?? this.#begin()).then(async value => {
      await action(value)
      return value
    })
  }
}
