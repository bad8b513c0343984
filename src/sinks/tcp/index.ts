import { sinkKind } from '../kind.ts'
import { takeAddress } from './address.ts'
import { connect } from './client.ts'
import { tcpClientSinkOptions, tcpServerSinkOptions } from './options.ts'
import { listen } from './server.ts'

/** A TCP server: gives lines to all who connect, and waits while nobody does. */
export const tcpServerSink = sinkKind({
  name: 'tcp-listen',
  summary: 'a TCP port that readers connect to; it waits while there is none',
  example: 'tcp-listen://127.0.0.1:5555',
  options: tcpServerSinkOptions,
  take: target => takeAddress('tcp-listen', target),
  open: listen
})

/** A TCP client: sends lines to who listens, and connects again when the connection is lost. */
export const tcpClientSink = sinkKind({
  name: 'tcp',
  summary: 'whoever listens at a TCP address; connected to again when the connection is lost',
  example: 'tcp://127.0.0.1:5555',
  options: tcpClientSinkOptions,
  take: target => takeAddress('tcp', target),
  open: connect
})
