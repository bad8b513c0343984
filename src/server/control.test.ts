import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { fakeStore } from '../../test/page/fake-store.ts'
import { VisorError } from '../core/errors.ts'
import type { ExplainAnswer } from './alerts/types.ts'
import { answersOf } from '../store/index.ts'
import { controlPath, startControl } from './control.ts'

const ANSWER: ExplainAnswer = {
  rule: {
    name: 'slow',
    type: 'metric',
    title: 'Slow',
    severity: 'info',
    where: '',
    by: [],
    firing: 0,
    pending: 0
  },
  at: 1,
  keys: [],
  more: 0
}

function ask(socketPath: string, path: string): Promise<[status: number | undefined, body: string]> {
  const { promise, resolve, reject } = Promise.withResolvers<[number | undefined, string]>()
  const sent = request({ socketPath, path, agent: false }, response => {
    let text = ''
    response.setEncoding('utf8').on('data', part => (text += part))
    response.on('end', () => resolve([response.statusCode, text]))
  })
  sent.on('error', reject).end()
  return promise
}

it('explains a rule on the socket, where rules are evaluated', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'visor-control-'))
  const answers = answersOf(fakeStore([]))
  const explain = (rule: string): ExplainAnswer => {
    if (rule !== 'slow') throw new VisorError('QUERY', `there is no rule ${rule}`, { remedy: 'Look.' })
    return ANSWER
  }
  const control = await startControl(folder, answers, { explain })
  const path = controlPath(folder) ?? ''
  expect(await ask(path, '/explain?rule=slow')).toEqual([200, JSON.stringify(ANSWER)])
  expect(await ask(path, '/explain?rule=fast')).toEqual([
    400,
    '{"error":"there is no rule fast","code":"QUERY","remedy":"Look."}'
  ])
  expect((await ask(path, '/explain?rule=slow&rule=slow'))[0]).toBe(400)
  await control.close()
  const bare = await startControl(folder, answers)
  expect((await ask(controlPath(folder) ?? '', '/explain?rule=slow'))[0]).toBe(404)
  await bare.close()
  rmSync(folder, { recursive: true })
})
