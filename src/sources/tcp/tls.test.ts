import { once } from 'node:events'
import { connect, createServer } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { start } from '../contract.ts'
import { Authority, hasOpenssl, type Certificate } from '../testing/certificates.ts'
import { closed, dial, listensAt, until, sourceDependencies } from '../testing/client.ts'
import { tcpKind, tcpOptions } from './index.ts'

const run = async (given: object) => {
  const source = await tcpKind.open(tcpOptions.parse(given), [], sourceDependencies())
  return { source, running: start({ source, write: () => {}, end: () => {} }) }
}

const mistakes = (tls: object): string[] =>
  tcpOptions.safeParse({ listen: 0, tls }).error?.issues.map(({ message }) => message) ?? []

describe.skipIf(!hasOpenssl)('TLS (needs openssl)', () => {
  let authority: Authority
  let server: Certificate
  let other: Authority
  beforeAll(() => {
    authority = new Authority('visor test')
    server = authority.sign('server')
    other = new Authority('another')
  })
  afterAll(() => {
    authority.remove()
    other.remove()
  })

  it('takes encrypted lines, and no others', async () => {
    const { source, running } = await run({ listen: 0, tls: server })
    await using reading = running
    const address = await listensAt(source)
    const plain = await dial(address)
    plain.write('plain text\n')
    await closed(plain)
    const socket = await dial(address, { ca: authority.cert })
    socket.end('one\ntwo\nhalf')
    await reading.until(() => reading.lines.length === 3)
    expect(reading.lines).toEqual(['one', 'two', 'half'])
    expect([...reading.names]).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+$/)])
    expect(source.state?.()).toContain('1 refused: no agreement on TLS')
  })

  it('takes lines only of those whose certificate the authority has signed', async () => {
    const { source, running } = await run({ listen: 0, tls: { ...server, ca: authority.cert } })
    await using reading = running
    const address = await listensAt(source)
    for (const wrong of [{}, other.sign('client')]) {
      const socket = connect({ ...address, ca: authority.cert, ...wrong })
      socket.on('secureConnect', () => socket.write('refused\n'))
      await closed(socket)
    }
    const right = await dial(address, { ca: authority.cert, ...authority.sign('client') })
    right.end('taken\n')
    await reading.until(() => reading.lines.length === 1)
    expect(reading.lines).toEqual(['taken'])
    expect(source.state?.()).toContain('2 refused: no agreement on TLS')
  })

  it('who may not connect comes to no agreement', async () => {
    const { source, running } = await run({ listen: 0, tls: server, allow: ['192.0.2.1'] })
    await using reading = running
    const socket = connect({ ...(await listensAt(source)), ca: authority.cert })
    await closed(socket)
    await until(() => source.state?.().includes('1 refused: address not allowed'))
    expect(reading.lines).toEqual([])
  })

  it('fetches lines of a server that shows the right certificate', async () => {
    const { key, cert } = server
    const listening = createServer({ key, cert }, socket => void socket.end('line\n')).listen(0, '127.0.0.1')
    await once(listening, 'listening')
    const bound = listening.address()
    const target = `127.0.0.1:${typeof bound === 'object' && bound ? bound.port : 0}`
    {
      const { running } = await run({ connect: target, tls: { ca: authority.cert } })
      await using reading = running
      await reading.until(() => reading.lines.length > 0)
    }
    const { source, running } = await run({ connect: target, tls: { ca: other.cert } })
    await using reading = running
    const problem = await until(() => source.problems?.()[0])
    expect(problem.message).toMatch(/unable to verify|certificate/)
    expect(reading.lines).toEqual([])
    listening.close()
  })

  it('needs a key and a certificate that can be used', () => {
    expect(mistakes(server)).toEqual([])
    expect(mistakes({ ca: authority.cert })).toEqual(['expected "key" and "cert" in "tls"'])
    expect(mistakes({ ...server, key: 'none' })).toEqual([expect.stringMatching(/^cannot be used: /)])
    expect(mistakes({ ...server, key: other.sign('x').key })).toEqual([
      expect.stringMatching(/^cannot be used: .*key values mismatch/)
    ])
  })
})
