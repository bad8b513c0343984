import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A key and the certificate that belongs to it, as PEM. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** Whether this machine has openssl, which the certificates are made with. */
export const hasOpenssl = ((): boolean => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'pipe' })
    return true
  } catch {
    return false
  }
})()

/** An authority that signs certificates, for tests. */
export class Authority {
  readonly cert: string
  readonly #folder = mkdtempSync(join(tmpdir(), 'visor-ca-'))
  #count = 0

  constructor(name: string) {
    this.#make('ca', name, ['-x509', '-days', '2'])
    this.cert = this.#read('ca.pem')
  }

  /** A certificate for this machine's loopback address. */
  sign(name: string): Certificate {
    const file = String(this.#count++)
    this.#make(file, name, [])
    writeFileSync(join(this.#folder, 'san.cnf'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n')
    const signed = [
      'x509',
      '-req',
      '-in',
      `${file}.pem`,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial'
    ]
    this.#openssl([...signed, '-days', '2', '-extfile', 'san.cnf', '-out', `${file}.crt`])
    return { key: this.#read(`${file}.key`), cert: this.#read(`${file}.crt`) }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true })
  }

  #make(file: string, name: string, more: readonly string[]): void {
    const key = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-keyout',
      `${file}.key`
    ]
    this.#openssl(['req', ...key, '-subj', `/CN=${name}`, '-out', `${file}.pem`, ...more])
  }

  #read(file: string): string {
    return readFileSync(join(this.#folder, file), 'utf8')
  }

  #openssl(args: readonly string[]): void {
    execFileSync('openssl', args, { cwd: this.#folder, stdio: 'pipe' })
  }
}
