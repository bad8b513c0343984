import { once } from 'node:events'
import { createConnection, createServer, type Server, type Socket } from 'node:net'

/** The receiving end of a connection: gathers what comes, unless it sleeps. */
export class Reader {
  readonly socket: Socket
  /** What the other side calls it. */
  readonly name: string
  readonly ended: Promise<void>
  readonly #parts: Buffer[] = []

  constructor(socket: Socket) {
    this.socket = socket
    this.name = `127.0.0.1:${socket.localPort}`
    this.ended = new Promise(done => socket.on('close', () => done()))
    socket.on('data', part => this.#parts.push(Buffer.from(part)))
    // A connection that is broken off ends all the same.
    socket.on('error', () => {})
  }

  get text(): string {
    return Buffer.concat(this.#parts).toString()
  }

  /** Lines that have come whole. */
  get lines(): string[] {
    return this.text.split('\n').slice(0, -1)
  }

  sleep(): void {
    this.socket.pause()
  }

  wake(): void {
    this.socket.resume()
  }

  /** Breaks off, with all that it has not read. */
  kill(): void {
    this.socket.resetAndDestroy()
  }
}

/** Connects to the port of `HOST:PORT`, at this machine. */
export async function connectTo(address: string, host = '127.0.0.1'): Promise<Reader> {
  const socket = createConnection({ host, port: Number(address.split(':').at(-1)) })
  await once(socket, 'connect')
  return new Reader(socket)
}

/** A server on a port of 127.0.0.1 that keeps those who connect. */
export class Listener {
  readonly readers: Reader[] = []
  readonly port: number
  readonly #server: Server

  private constructor(server: Server, port: number) {
    this.#server = server
    this.port = port
    server.on('connection', socket => this.readers.push(new Reader(socket)))
  }

  static async at(port = 0): Promise<Listener> {
    const server = createServer().listen(port, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    return new Listener(server, typeof address === 'object' && address ? address.port : port)
  }

  /** Listens no more and breaks all connections off. */
  async stop(): Promise<void> {
    for (const reader of this.readers) reader.kill()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
