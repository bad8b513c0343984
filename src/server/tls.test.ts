import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { createServer, get, request, type RequestOptions } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { TLSSocket } from 'node:tls'
import { afterAll, describe, expect, it } from 'vitest'
import { startTestServer, testAccess } from '../../test/page/access.ts'
import { createFake } from '../../test/page/fake.ts'
import { DAY_MS } from '../core/time.ts'
import { Authority, hasOpenssl, type Certificate } from '../sources/testing/certificates.ts'
import { readPair, Renewal, type TlsFiles } from './tls.ts'

const folder = mkdtempSync(join(tmpdir(), 'visor-tls-'))
const authority = hasOpenssl ? new Authority('visor tests') : undefined
afterAll(() => {
  rmSync(folder, { recursive: true })
  authority?.remove()
})

let count = 0

/** Certificate and key in files of their own. */
function filesOf({ cert, key }: Certificate): TlsFiles {
  const name = join(folder, String(count++))
  writeFileSync(`${name}.crt`, cert)
  writeFileSync(`${name}.key`, key)
  return { cert: `${name}.crt`, key: `${name}.key` }
}

/** The status of an answer, and the name in the certificate that came with it. */
async function ask(address: string, options: RequestOptions = {}): Promise<[number | undefined, unknown]> {
  const { promise, resolve, reject } = Promise.withResolvers<[number | undefined, unknown]>()
  const given = { ca: authority?.cert ?? '', agent: false, ...options }
  get(address, given, response => {
    const { socket } = response.resume()
    const name = socket instanceof TLSSocket ? socket.getPeerCertificate().subject['CN'] : undefined
    resolve([response.statusCode, name])
  }).on('error', reject)
  return promise
}

async function bodyOf(address: string, options: RequestOptions): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  get(address, { ca: authority?.cert ?? '', agent: false, ...options }, resolve).on('error', reject)
  return json(await promise)
}

describe.skipIf(!authority)('the page over TLS', () => {
  const sign = (name: string): Certificate => authority!.sign(name)

  it('is served by its certificate, with sessions for TLS alone', async () => {
    const { access, tokenOf } = testAccess('token', Date.now)
    const server = await startTestServer({
      port: 0,
      dashboard: createFake({ clock: () => 0 }),
      page: 'none',
      access,
      tls: filesOf(sign('visor'))
    })
    expect(server.address).toMatch(/^https:/)
    const authorization = `Bearer ${tokenOf('read')}`
    expect(await ask(`${server.address}api/status`, { headers: { authorization } })).toEqual([200, 'visor'])
    const status = await bodyOf(`${server.address}api/status`, { headers: { authorization } })
    expect(status).toMatchObject({ problems: [expect.stringContaining("the page's certificate ends on")] })
    await expect(ask(server.address.replace('https:', 'http:'), { protocol: 'http:' })).rejects.toThrow()
    const { promise, resolve } = Promise.withResolvers<readonly string[] | undefined>()
    request(
      `${server.address}login`,
      {
        method: 'POST',
        ca: authority!.cert,
        headers: { 'content-type': 'application/x-www-form-urlencoded' }
      },
      response => resolve(response.resume().headers['set-cookie'])
    ).end(`token=${tokenOf('act')}`)
    expect((await promise)?.[0]).toContain('; Secure;')
    await server.close()
  })

  it('takes a renewed certificate while it goes on, once key and certificate belong together', async () => {
    const [first, second] = [sign('first'), sign('second')]
    const files = filesOf(first)
    const pair = readPair(files)
    const server = createServer(pair, (_, response) => response.end())
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const bound = server.address()
    const address = `https://127.0.0.1:${bound && typeof bound === 'object' ? bound.port : 0}/`
    const renewal = new Renewal(server, files, pair, { clock: Date.now, interval: 5 })
    expect([await ask(address), renewal.problem]).toEqual([
      [200, 'first'],
      expect.stringContaining('was not renewed')
    ])
    writeFileSync(files.cert, second.cert)
    await expect.poll(() => renewal.problem).toContain('goes on with its old certificate')
    expect(await ask(address)).toEqual([200, 'first'])
    writeFileSync(`${files.key}.new`, second.key)
    renameSync(`${files.key}.new`, files.key)
    await expect.poll(() => ask(address)).toEqual([200, 'second'])
    expect(renewal.problem).not.toContain('old certificate')
    renewal.close()
    server.close()
  })

  it('follows links, as certbot renews them, and tells of an end that comes near', async () => {
    const [first, second] = [filesOf(sign('first')), filesOf(sign('second'))]
    const links = { cert: join(folder, 'live.crt'), key: join(folder, 'live.key') }
    const link = ({ cert, key }: TlsFiles): void => {
      for (const [to, at] of [
        [cert, links.cert],
        [key, links.key]
      ] as const) {
        symlinkSync(to, `${at}.new`)
        renameSync(`${at}.new`, at)
      }
    }
    link(first)
    const pair = readPair(links)
    let taken = 0
    let now = pair.until - 8 * DAY_MS
    const server = { setSecureContext: () => void taken++ }
    const renewal = new Renewal(server, links, pair, { clock: () => now, interval: 5 })
    expect(renewal.problem).toBeUndefined()
    now += 2 * DAY_MS
    expect(renewal.problem).toContain('was not renewed')
    now = pair.until
    expect(renewal.problem).toContain('is over since')
    link(second)
    await expect.poll(() => taken).toBeGreaterThan(0)
    renewal.close()
  })

  it('does not start with what cannot be used', () => {
    const [own, other] = [filesOf(sign('own')), filesOf(sign('other'))]
    expect(() => readPair({ cert: own.cert, key: other.key })).toThrow(/cannot use .* with .*/)
    expect(() => readPair({ cert: own.key, key: own.key })).toThrow(/cannot use/)
    expect(() => readPair({ cert: join(folder, 'none'), key: own.key })).toThrow(
      /certificate .*none does not exist/
    )
    expect(() => readPair({ cert: own.cert, key: folder })).toThrow(/key .* cannot be opened/)
  })
})
