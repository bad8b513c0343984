/** Settings by the names that they had once, with those that they have: an old name is refused with the new one. */
export const RENAMED: ReadonlyMap<string, string> = new Map([
  // of alerts and their rules
  ['late', 'maxLateness'],
  ['notify', 'receivers'],
  ['keep', 'keepFiringFor'],
  ['unless', 'inhibitedBy'],
  ['tellResolved', 'sendResolved'],
  ['group', 'groupBy'],
  ['repeat', 'repeatInterval'],
  // of receivers
  ['least', 'minSeverity'],
  ['quiet', 'muteTimes'],
  ['limit', 'rateLimit'],
  ['spare', 'ignore'],
  ['lasts', 'resolveTimeout'],
  // of sources and the engine
  ['kind', 'type'],
  ['longest', 'maxLineBytes']
])
