import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TextProblem } from '../core/caret.ts'
import { parseSparkAddress, sparkAddressText } from './address.ts'

const plain = { tls: false, headers: {} }

describe('the address of a Spark Connect server', () => {
  it.each([
    ['sc://localhost', { host: 'localhost', port: 15_002, ...plain }],
    ['sc://localhost/', { host: 'localhost', port: 15_002, ...plain }],
    ['sc://spark.example.org:443', { host: 'spark.example.org', port: 443, ...plain }],
    ['sc://192.0.2.7:15002/;use_ssl=true', { host: '192.0.2.7', port: 15_002, tls: true, headers: {} }],
    ['sc://[2001:db8::1]:443/;', { host: '2001:db8::1', port: 443, ...plain }],
    ['sc://[::1]', { host: '::1', port: 15_002, ...plain }],
    // A token goes over TLS, but not to this machine, nor where that is refused.
    ['sc://a/;token=s3cret', { host: 'a', port: 15_002, tls: true, headers: {}, token: 's3cret' }],
    ['sc://localhost/;token=s', { host: 'localhost', port: 15_002, tls: false, headers: {}, token: 's' }],
    ['sc://127.0.0.1/;token=s', { host: '127.0.0.1', port: 15_002, tls: false, headers: {}, token: 's' }],
    ['sc://[::1]/;token=s;use_ssl=true', { host: '::1', port: 15_002, tls: true, headers: {}, token: 's' }],
    ['sc://a/;use_ssl=false;token=s', { host: 'a', port: 15_002, tls: false, headers: {}, token: 's' }],
    [
      'sc://a:1/;user_id=ada;session_id=11111111-2222-8333-8444-555555555555;x-cluster-id=7;user_agent=me',
      {
        host: 'a',
        port: 1,
        tls: false,
        headers: { 'x-cluster-id': '7' },
        user: 'ada',
        session: '11111111-2222-8333-8444-555555555555'
      }
    ],
    // Values are percent-encoded, names have no case.
    ['sc://a/;TOKEN=a%3Bb%3d%25', { host: 'a', port: 15_002, tls: true, headers: {}, token: 'a;b=%' }]
  ])('%s', (text, address) => expect(parseSparkAddress(text)).toEqual(address))

  it.each([
    ['', 0, 'begins with sc://'],
    ['spark://a:7077', 0, 'begins with sc://'],
    ['sc://', 5, 'expected HOST'],
    ['sc://:15002', 5, 'expected HOST'],
    ['sc://a:0', 5, 'expected HOST'],
    ['sc://a:70000', 5, 'expected HOST'],
    ['sc://a:b', 5, 'expected HOST'],
    ['sc://2001:db8::1', 5, 'expected HOST'],
    ['sc://a b', 5, 'expected HOST'],
    ['sc://a;token=s', 6, 'begin with "/;"'],
    ['sc://a/path', 7, 'nothing but parameters'],
    ['sc://a/;token', 8, 'NAME=VALUE'],
    ['sc://a/;token;x-b=1', 8, 'NAME=VALUE'],
    ['sc://a/;token=', 14, 'has no value'],
    ['sc://a/;use_ssl=yes', 16, 'true or false'],
    ['sc://a/;session_id=7', 19, 'a UUID'],
    ['sc://a/;tokn=s', 8, 'did you mean "token"?'],
    ['sc://a/;cluster=7', 8, 'begins with "x-"'],
    ['sc://a/;token=a;token=b', 16, 'twice'],
    ['sc://a/;token=a%2', 15, 'percent sign'],
    ['sc://a/;token=a%0Ab', 14, 'other than ASCII']
  ])('%s is refused at character %i', (text, at, message) => {
    let problem: unknown
    try {
      parseSparkAddress(text)
    } catch (error) {
      problem = error
    }
    expect(problem).toBeInstanceOf(TextProblem)
    expect(problem).toMatchObject({ at, message: expect.stringContaining(message) })
  })

  it('is shown without its secrets', () => {
    const secret = parseSparkAddress('sc://[::1]:7/;token=s3cret;x-key=hidden')
    expect(sparkAddressText(secret)).toBe('sc://[::1]:7')
  })

  it('never throws anything else, and never says a secret', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        try {
          parseSparkAddress(`sc://a/;token=s3cret${text}`)
        } catch (error) {
          expect(error).toBeInstanceOf(TextProblem)
          expect(String(error)).not.toContain('s3cret')
        }
      })
    )
  })
})
