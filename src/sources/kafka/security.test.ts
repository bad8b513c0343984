import { pbkdf2Sync, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { alterUserScramCredentialsV0, Connection } from '@platformatic/kafka'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kafkaMissing, startBroker, type Broker } from '../../../test/kafka.ts'
import { freePort } from '../../../test/port.ts'
import { Authority, hasOpenssl, type Certificate } from '../testing/certificates.ts'
import { produce } from './testing/produce.ts'
import { Reading, until } from './testing/reading.ts'

const MODULES = 'org.apache.kafka.common.security'
const MECHANISMS = { plain: 'PLAIN', 'scram-sha-256': 'SCRAM-SHA-256', 'scram-sha-512': 'SCRAM-SHA-512' }
const NAMES = ['CLIENT', 'LOGIN', 'SECRET', 'MUTUAL', 'BOTH'] as const
type Listener = (typeof NAMES)[number]

const missing = kafkaMissing ?? (hasOpenssl ? undefined : 'there is no openssl')

describe.skipIf(missing)(
  `brokers that are careful (${missing ?? 'Java, and Kafka by Maven; openssl'})`,
  () => {
    let broker: Broker
    let authority: Authority
    let stranger: Authority
    let ports: Readonly<Record<Listener, number>>
    let folder = ''

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'visor-careful-'))
      authority = new Authority('Visor test')
      stranger = new Authority('Somebody else')
      const [CLIENT = 0, LOGIN = 0, SECRET = 0, MUTUAL = 0, BOTH = 0] = await Promise.all(NAMES.map(freePort))
      ports = { CLIENT, LOGIN, SECRET, MUTUAL, BOTH }
      broker = await startBroker({ port: ports.CLIENT, properties: propertiesOf(await freePort()) })
      await addUser(broker.address, 'visor', 'secret')
      await broker.createTopic('access', 1)
      await produce(broker, 'access', ['a'])
    })
    afterAll(async () => {
      await broker[Symbol.asyncDispose]()
      authority.remove()
      stranger.remove()
      rmSync(folder, { recursive: true })
    })

    function propertiesOf(controller: number): Record<string, string> {
      const all = NAMES.map(name => `${name}://127.0.0.1:${ports[name]}`).join(',')
      const kept = { key: pem('key.pem', authority.sign('broker')), trusted: file('ca.pem', authority.cert) }
      const encrypted = ['secret', 'mutual', 'both'].map(name => {
        const prefix = `listener.name.${name}.ssl`
        return {
          [`${prefix}.keystore.type`]: 'PEM',
          [`${prefix}.keystore.location`]: kept.key,
          [`${prefix}.truststore.type`]: 'PEM',
          [`${prefix}.truststore.location`]: kept.trusted,
          [`${prefix}.client.auth`]: name === 'mutual' ? 'required' : 'none'
        }
      })
      const logins = ['login', 'both'].map(name => {
        const prefix = `listener.name.${name}`
        return {
          [`${prefix}.sasl.enabled.mechanisms`]: Object.values(MECHANISMS).join(','),
          [`${prefix}.plain.sasl.jaas.config`]: `${MODULES}.plain.PlainLoginModule required user_visor="secret";`,
          [`${prefix}.scram-sha-256.sasl.jaas.config`]: `${MODULES}.scram.ScramLoginModule required;`,
          [`${prefix}.scram-sha-512.sasl.jaas.config`]: `${MODULES}.scram.ScramLoginModule required;`
        }
      })
      return Object.assign(
        {
          listeners: `${all},CONTROLLER://127.0.0.1:${controller}`,
          'advertised.listeners': all,
          'controller.quorum.voters': `1@127.0.0.1:${controller}`,
          'listener.security.protocol.map':
            'CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT,LOGIN:SASL_PLAINTEXT,SECRET:SSL,MUTUAL:SSL,BOTH:SASL_SSL'
        },
        ...encrypted,
        ...logins
      )
    }

    function file(name: string, text: string): string {
      const path = join(folder, name)
      writeFileSync(path, text)
      return path
    }

    const pem = (name: string, { key, cert }: Certificate): string => file(name, key + cert)

    const to = (listener: Listener, more: object): Reading =>
      new Reading({ brokers: [`127.0.0.1:${ports[listener]}`], topics: ['access'], ...more })

    async function reads(reading: Reading): Promise<void> {
      await until(
        () => reading.lines.length === 1,
        () => reading.problems
      )
      expect([reading.lines, reading.problems]).toEqual([['a'], []])
      await reading.stop()
    }

    async function reports(reading: Reading, problem: RegExp): Promise<void> {
      await until(
        () => reading.problems.length > 0,
        () => reading.source.state()
      )
      expect(reading.problems[0]).toMatch(problem)
      await reading.stop()
      expect(reading.lines).toEqual([])
    }

    const login = (mechanism: string, password = 'secret') => ({
      sasl: { mechanism, username: 'visor', password }
    })

    it.each(Object.keys(MECHANISMS))('take a password by %s, and no wrong one', async mechanism => {
      await reads(to('LOGIN', login(mechanism)))
      await reports(
        to('LOGIN', login(mechanism, 'wrong')),
        /^kafka 127\.0\.0\.1:\d+: does not let this user in \(SASL_AUTHENTICATION_FAILED: .*\); it is tried again$/
      )
    })

    it('encrypt what is read, and are known by their certificate', async () => {
      await reads(to('SECRET', { tls: { ca: authority.cert } }))
      await reports(to('SECRET', { tls: { ca: stranger.cert } }), /shows a certificate that is not trusted/)
      await reports(to('SECRET', { tls: true }), /shows a certificate that is not trusted/)
    })

    it('want a certificate', async () => {
      const { key, cert } = authority.sign('visor')
      await reads(to('MUTUAL', { tls: { ca: authority.cert, key, cert } }))
      const other = stranger.sign('visor')
      await reports(
        to('MUTUAL', { tls: { ca: authority.cert, key: other.key, cert: other.cert } }),
        /want TLS, a certificate or a login|certificate/
      )
    })

    it('do both', async () => {
      await reads(to('BOTH', { tls: { ca: authority.cert }, ...login('scram-sha-512') }))
      await reports(
        to('BOTH', { tls: { ca: authority.cert }, ...login('plain', 'wrong') }),
        /SASL_AUTHENTICATION_FAILED/
      )
    })

    it('report who does not speak as they do', async () => {
      await reports(to('SECRET', {}), /: wants TLS/)
      await reports(
        to('LOGIN', {}),
        /: has closed the connection; it may be down, or want TLS, a certificate or a login/
      )
      await reports(to('CLIENT', { tls: { ca: authority.cert } }), /: does not speak TLS there/)
      await reports(to('CLIENT', login('plain')), /: ILLEGAL_SASL_STATE/)
    })
  }
)

/** Lets a user log in by SCRAM. */
async function addUser(address: string, name: string, password: string): Promise<void> {
  const connection = new Connection('visor-test')
  await connection.connect('127.0.0.1', Number(address.split(':')[1]))
  const salt = randomBytes(16)
  const iterations = 4096
  const hashes = [
    ['sha256', 32],
    ['sha512', 64]
  ] as const
  for (const [i, [hash, length]] of hashes.entries()) {
    const saltedPassword = pbkdf2Sync(password, salt, iterations, length, hash)
    const credentials = { name, mechanism: i + 1, iterations, salt, saltedPassword }
    await alterUserScramCredentialsV0.api.async(connection, [], [credentials])
  }
  await connection.close()
}
