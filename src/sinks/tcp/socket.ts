/**
 * Lines come in batches that wait for nothing, so none needs to be held back for more; and whoever vanishes without a
 * word is found out within minutes.
 */
export const SOCKET = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 } as const
