import { domainToASCII } from 'node:url'

/** Nothing that means something in a header or an SMTP command. */
const ADDRESS =
  /^(?<local>[^\s@<>(),;:"\\[\]\p{Cc}\p{Cs}]{1,64})@(?<domain>[^\s@<>(),;:"\\[\]\p{Cc}\p{Cs}/?#%]{1,253})$/u

/** A mail address with its domain as mail servers know it; `undefined` where it is none. */
export function asciiAddress(text: string): string | undefined {
  const { local = '', domain = '' } = ADDRESS.exec(text)?.groups ?? {}
  const ascii = domainToASCII(domain)
  return local === '' || ascii === '' ? undefined : `${local}@${ascii}`
}

/** Whether a host is this machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}
