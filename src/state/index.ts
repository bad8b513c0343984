export { attempt } from './attempt.ts'
export { Dispatcher, type DispatcherOptions } from './dispatcher.ts'
export { openState, statePath } from './store.ts'
export type { Acknowledging, Backlog, Changes, HistoryQuery, Item, Saved, StateStore } from './types.ts'
