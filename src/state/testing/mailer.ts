/** Commits a notification to the state in the folder of the first argument, and mails it by the server on the port of the second. */
import { openState } from '../index.ts'
import { commitMails, startMailing } from './mailing.ts'

const [folder = '', port] = process.argv.slice(2)
const state = openState(folder)
commitMails(state, 1)
await startMailing(state, Number(port))
