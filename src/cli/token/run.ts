import { existsSync } from 'node:fs'
import { VisorError } from '../../core/errors.ts'
import type { Millis } from '../../core/time.ts'
import { tokenKeeper, type TokenKeeper } from '../../server/access/tokens.ts'
import { openState, statePath, type AccessToken } from '../../state/index.ts'
import { timeText } from '../alerts/text.ts'
import { Acts } from '../../app/acts.ts'
import { giveToOwner } from '../../app/private.ts'
import { daemonOf } from '../asking.ts'
import { print, printJson, printLines, type Context } from '../context.ts'
import type { StoreSelection } from '../options.ts'
import { storeFor } from '../settings.ts'
import { hereCaller } from '../user.ts'
import { textTable } from '../text-table.ts'
import type { AddTokenOptions, ListTokensOptions } from './options.ts'

/** `visor token add`: the token alone goes to standard output, so that a script can take it. */
export async function addToken(name: string, options: AddTokenOptions, context: Context): Promise<void> {
  const { role, expires } = options
  const parameters = { name, role, ...(expires !== undefined && { expires: String(expires) }) }
  const { secret } = await asked(options, context, 'token-add', parameters, keeper => keeper.add(parameters))
  await print(context.stdout, `${secret}\n`)
  context.stderr.write(`visor: the token ${name} has the role ${role}; it is shown this once\n`)
}

/** `visor token list` */
export async function listTokens(options: ListTokensOptions, now: Millis, context: Context): Promise<void> {
  const tokens = await asked<AccessToken[]>(options, context, 'token-list', {}, keeper => keeper.list())
  if (options.json) return printJson(context, tokens)
  if (tokens.length === 0)
    return printLines(context, ['There are no tokens. `visor token add NAME --role act` makes one.'])
  const rows = tokens.map(({ name, role, created, used, expires }) => [
    name,
    role,
    timeText(created),
    used === undefined ? 'never' : timeText(used),
    expires === undefined ? 'never' : `${timeText(expires)}${expires > now ? '' : ' (over)'}`
  ])
  return printLines(context, textTable([['token', 'role', 'made', 'used', 'expires'], ...rows]))
}

/** `visor token revoke` */
export async function revokeToken(name: string, options: StoreSelection, context: Context): Promise<void> {
  await asked(options, context, 'token-revoke', { name }, keeper => keeper.revoke(name))
  await printLines(context, [`the token ${name} is revoked, and its sessions are over`])
}

/** What the audit log says. */
const WHAT: ReadonlyMap<string, string> = new Map([
  ['token-add', 'add token'],
  ['token-revoke', 'revoke token']
])

/** Has the Visor that runs on the store do something about tokens, or else does it in the store's state, which is made where there is none. */
async function asked<Answer>(
  options: StoreSelection,
  context: Context,
  route: string,
  parameters: Readonly<Record<string, string>>,
  work: (keeper: TokenKeeper) => Answer
): Promise<Answer> {
  const { path } = storeFor(options, context.env).store
  const ask = await daemonOf(path)
  if (ask) return ask(route, parameters)
  if (route !== 'token-add') refuseMissing(path)
  const state = openState(path)
  try {
    const answer = work(tokenKeeper(state, Date.now))
    const what = WHAT.get(route)
    if (what !== undefined)
      new Acts(state, Date.now).record(hereCaller(), {
        what,
        about: [parameters['name'], parameters['role'] && `role ${parameters['role']}`]
          .filter(Boolean)
          .join(', ')
      })
    return answer
  } finally {
    state.close()
    giveToOwner(path)
  }
}

function refuseMissing(store: string): void {
  if (existsSync(statePath(store))) return
  throw new VisorError('FILE_MISSING', `there are no tokens in ${store}`, {
    remedy: '`visor token add NAME --role act` makes one; `--store` names another folder.'
  })
}
