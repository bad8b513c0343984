/**
 * Works on the state in the folder of the first argument beside the test that started it: asks for as many acknowledgements
 * as the second says, and commits as many transitions, each in its own transaction.
 */
import { openState } from '../index.ts'
import { testChanges } from './samples.ts'

const [folder, count] = process.argv.slice(2)
const state = openState(folder)
process.stdout.write('open\n')
for (let at = 0; at < Number(count); at++) {
  state.acknowledge({ alert: `a${at}`, owner: String(process.pid), comment: '', at })
  const transition = { at, alert: `a${at}`, rule: 'r', key: '', what: 'fired', summary: '' } as const
  state.commit(testChanges({ transitions: [transition] }))
}
state.close()
