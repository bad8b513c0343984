/**
 * Commits notifications, numbered on from where the state in the folder of the first argument had come to, and sends them, until it
 * is killed; with the second argument `drain` it only sends what is left, and says how many there have been. Into the file
 * `journal` goes `sent ID` when a notification is sent, and `noted ID` when that is noted.
 */
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Dispatcher, openState } from '../index.ts'
import { TestReceiver } from './receiver.ts'
import { testChanges, testNotification } from './samples.ts'

/** Milliseconds that a receiver takes, at most, and between two commits. */
const TAKES = 4
const PAUSE = 2
/** Of so many calls, one fails. */
const FAILS = 5

const [folder = '', task] = process.argv.slice(2)
const state = openState(folder)
const journal = (text: string): void => appendFileSync(join(folder, 'journal'), `${text}\n`)

const receiver = new TestReceiver(({ notification, answer, fail }) => {
  if (Math.random() < 1 / FAILS) return fail(new Error('not now'))
  journal(`sent ${notification.id}`)
  setTimeout(() => answer({ accepted: [notification.receiver] }), Math.random() * TAKES)
})
const dispatcher = new Dispatcher({
  state,
  notifiers: new Map(['mail', 'slack'].map(name => [name, receiver])),
  clock: Date.now,
  // A hundredth of the usual waits.
  random: () => Math.random() / 100,
  sent: ({ notification, state }) => {
    if (state === 'sent') journal(`noted ${notification}`)
  }
})
dispatcher.wake()

let [count] = state.load().groups.map(({ data }) => Number(data))
count ??= 0
process.stdout.write('running\n')
while (task !== 'drain') {
  const notifications = ['mail', 'mail', 'slack'].map((receiver, i) =>
    testNotification(String(Number(count) + i), {
      receiver,
      group: `group ${Math.floor(Math.random() * 3)}`,
      created: Date.now()
    })
  )
  count += notifications.length
  state.commit(testChanges({ groups: [{ id: 'count', data: count }], notifications }))
  dispatcher.wake()
  await delay(PAUSE)
}
while (state.backlog().waiting > 0) await delay(PAUSE)
await dispatcher.close()
state.close()
process.stdout.write(`${count}\n`)
