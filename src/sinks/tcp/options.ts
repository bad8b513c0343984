import * as z from 'zod'
import { wholeNumber } from '../number.ts'

/** What a user can set for a TCP server that lines are given out by. */
export const tcpServerSinkOptions = z.strictObject({
  host: z
    .string('expected a host')
    .default('')
    .transform(host => host || '127.0.0.1')
    .describe('The address to listen on; 127.0.0.1 when empty, which this machine alone can reach.'),
  port: wholeNumber(0, 65_535).describe('The port to listen on; 0 takes any free one.')
})

/** What a user can set for a TCP connection that lines are sent over. */
export const tcpClientSinkOptions = z.strictObject({
  host: z.string('expected a host').min(1, 'expected a host').describe('The host to connect to.'),
  port: wholeNumber(1, 65_535).describe('The port to connect to.')
})

export interface Address {
  readonly host: string
  readonly port: number
}
