export { attempt } from './attempt.ts'
export { Dispatcher, type DispatcherOptions } from './dispatcher.ts'
export { openState, statePath } from './store.ts'
export type {
  Acknowledging,
  Backlog,
  Changes,
  DeliveryRecord,
  HistoryQuery,
  Item,
  Outgoing,
  Remaining,
  Saved,
  StateStore
} from './types.ts'
