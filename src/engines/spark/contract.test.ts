import { conformsToEngine } from '../contract.ts'
import { localKind } from './testing/local-kind.ts'

conformsToEngine(localKind(true))
conformsToEngine(localKind(false))
