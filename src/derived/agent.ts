import { createRequire } from 'node:module'
import type BowserModule from 'bowser'
import type * as IsbotModule from 'isbot'
import { remembering } from './cache.ts'

/** What a user agent tells of who asks: a person's browser and system, or a program. */
export interface Agent {
  readonly browser: string | undefined
  readonly os: string | undefined
  readonly bot: string | undefined
}

/** Loaded when the first agent is looked at: what asks for none starts sooner. */
function load(): { Bowser: typeof BowserModule; isbot: typeof IsbotModule } {
  const require = createRequire(import.meta.url)
  return { Bowser: require('bowser'), isbot: require('isbot') }
}

let loaded: ReturnType<typeof load> | undefined

/** Longer agents are cut off; what matters stands at their beginning. */
const LONGEST = 512
const REMEMBERED = 5000

/**
 * What an agent tells. Names only, no versions: so agents that differ in digits alone are looked at once. Programs have a name
 * (`bot`) and no browser.
 */
export const agentOf: (text: string) => Agent = remembering(REMEMBERED, parse, text =>
  text.slice(0, LONGEST).replaceAll(/\d+/g, '0')
)

function parse(text: string): Agent {
  // IIS writes a `+` for a blank.
  const agent = (text.includes(' ') ? text : text.replaceAll('+', ' ')).slice(0, LONGEST)
  if (agent.trim() === '') return { browser: undefined, os: undefined, bot: undefined }
  const { Bowser, isbot } = (loaded ??= load())
  if (isbot.isbot(agent))
    return { browser: undefined, os: undefined, bot: botName(agent, isbot.isbotMatch(agent) ?? '') }
  const { browser, os } = Bowser.parse(agent)
  return { browser: named(browser.name), os: named(os.name), bot: undefined }
}

/** `Mozilla` is what Bowser says of what it does not know. */
function named(name: string | undefined): string | undefined {
  return name === undefined || name === '' || name === 'Mozilla' ? undefined : name
}

/** The name of a program, of which `sign` is what gave it away: the product it begins with, or of one that calls itself Mozilla the word that tells it. */
function botName(agent: string, sign: string): string {
  const product = /^[\w.@-]+/.exec(agent)?.[0]
  if (product !== undefined && !/^(Mozilla|Opera)$/.test(product)) return product
  const word = /[\w.-]*(?:bot|spider|crawl)[\w.-]*/i.exec(agent)?.[0]
  const compatible = /\(compatible; ([\w.@ -]*[\w.@-])/.exec(agent)?.[1]
  const known = compatible !== undefined && !compatible.startsWith('MSIE') ? compatible : undefined
  return word ?? known ?? wordAround(agent, sign)
}

/** The whole word of which a part told the program. */
function wordAround(agent: string, part: string): string {
  return agent.split(/[\s;,()/]+/).find(word => part !== '' && word.includes(part)) ?? 'other'
}
