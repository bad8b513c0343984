import { describe, expect, it } from 'vitest'
import { Scanner } from '../scanner/index.ts'
import { conformsToFormat, readBack } from './contract.ts'
import { formatFor } from './index.ts'

const IIS =
  '#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken'

for (const text of [IIS, '#Fields: time date\tc-ip\tcs-host\tsc-bytes\tx-edge'])
  conformsToFormat(formatFor(text))

describe('the extended log format', () => {
  it('is read by its #Fields line', () => {
    const format = formatFor(`\uFEFF${IIS}\r`)
    const line = '2024-01-02 03:04:05 10.0.0.1 GET /C:\\new a=b 443 - 1.2.3.4 Mozilla/5.0+(X11) - 404 0 2 125'
    const [read] = readBack(format, new Scanner([format.program], { zone: 'Asia/Tokyo' }), [line])
    const fields = Object.entries(read?.event ?? {}).filter(([, value]) => value !== null)
    expect(Object.fromEntries(fields)).toEqual({
      time: Date.UTC(2024, 0, 2, 3, 4, 5) * 1000,
      zone: 0,
      local_address: '10.0.0.1',
      method: 'GET',
      path: '/C:\\new',
      query: 'a=b',
      port: 443,
      client: '1.2.3.4',
      agent: 'Mozilla/5.0+(X11)',
      status: 404,
      'var.sc-substatus': '0',
      'var.sc-win32-status': '2',
      duration: 125_000
    })
  })

  it('needs a date', () => {
    expect(() => formatFor('#Fields: time c-ip')).toThrow(/The time lacks its year/)
    expect(() => formatFor('#Fields: ')).toThrow(/time directive is needed/)
  })
})
