import { once } from 'node:events'
import { createServer as createPlain, type IncomingHttpHeaders, type Server } from 'node:http'
import { createServer as createEncrypted } from 'node:https'
import type { Certificate } from '../../sources/testing/certificates.ts'
import { portOf } from './port.ts'

export interface Asked {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Answering {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly text?: string
}

/** A web server on loopback that keeps what it is asked. */
export class WebServer implements AsyncDisposable {
  readonly asked: Asked[] = []
  /** What it answers; `undefined`: nothing, ever. */
  answer: (asked: Asked) => Answering | undefined = () => ({ status: 200, text: 'ok' })
  connections = 0
  readonly #server: Server
  readonly #scheme: string

  private constructor(certificate?: Certificate) {
    this.#scheme = certificate ? 'https' : 'http'
    this.#server = certificate ? createEncrypted(certificate) : createPlain()
    this.#server.on('connection', socket => {
      this.connections++
      socket.on('close', () => this.connections--)
    })
    this.#server.on('request', (request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => {
        const asked = {
          path: request.url ?? '',
          headers: request.headers,
          body: Buffer.concat(parts).toString()
        }
        this.asked.push(asked)
        const answer = this.answer(asked)
        if (answer) response.writeHead(answer.status, answer.headers).end(answer.text)
      })
    })
  }

  static async start(certificate?: Certificate): Promise<WebServer> {
    const server = new WebServer(certificate)
    server.#server.listen(0, '127.0.0.1')
    await once(server.#server, 'listening')
    return server
  }

  get origin(): string {
    return `${this.#scheme}://127.0.0.1:${portOf(this.#server)}`
  }

  /** Closes all connections. */
  hangUp(): void {
    this.#server.closeAllConnections()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.hangUp()
    await new Promise(resolve => this.#server.close(resolve))
  }
}
