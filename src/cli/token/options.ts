import { ROLES, type Role } from '../../core/caller.ts'
import { choiceOption, durationOption, flag, required, storeOptions, type OptionsOf } from '../options.ts'

const role = required<Role>(
  choiceOption(
    '--role <role>',
    'what its holder may do: look (read), acknowledge and silence too (act), or all (admin)',
    ROLES
  )
)

export const addTokenOptions = {
  ...storeOptions,
  role,
  expires: durationOption(
    '--expires <duration>',
    'how long it is good, such as 90d; for ever when not given',
    '1m',
    '3650d'
  )
}

export type AddTokenOptions = OptionsOf<typeof addTokenOptions>

export const listTokensOptions = { ...storeOptions, json: flag('--json', 'print them as JSON') }

export type ListTokensOptions = OptionsOf<typeof listTokensOptions>
