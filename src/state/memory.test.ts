import { stateContract } from './contract.ts'
import { openState } from './store.ts'

stateContract('state in memory', () => openState(undefined))
