import * as z from 'zod'
import { durationSetting } from '../settings/duration.ts'
import { heartbeatOptions } from './classic/options.ts'
import { curveOptions, SHAPES } from './curves.ts'
import { incidentOptions } from './incidents/index.ts'

/** A shape by its name, with its defaults. */
const shape = z.enum(SHAPES).transform(shape => curveOptions.parse({ shape }))

const clients = z.strictObject({
  count: z.int().min(1).max(1_000_000).default(400).describe('How many visitors there are.'),
  choose: z
    .enum(['uniform', 'binomial', 'zipf'])
    .default('zipf')
    .describe(
      'How the next one is drawn: all alike, most around the middle of the pool, or few often and many seldom.'
    ),
  exponent: z.number().min(0).max(5).default(0.9).describe('How unequal a choice by zipf is.'),
  likely: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe('Where in the pool the middle of a binomial choice is.')
})

/** What a generator makes: traffic of a made-up site, and what befalls it. */
export const scenarioOptions = z
  .strictObject({
    $schema: z.string().optional().describe('For editors: where docs/scenario.schema.json is.'),
    title: z.string().optional().describe('What it shows.'),
    rate: z
      .number()
      .min(0.01)
      .max(1e8)
      .default(50)
      .describe('Requests a second: the mean that the curve goes up and down from.'),
    curve: z
      .union([shape, curveOptions])
      .default({ shape: 'constant' })
      .describe('How the rate goes over time: the name of a shape, or one with its settings.'),
    clients: clients.prefault({}).describe('The pool of those who ask.'),
    probes: z
      .number()
      .min(0)
      .max(1)
      .default(0.004)
      .describe('The share of requests that look for a way in, at any time.'),
    heartbeat: heartbeatOptions
      .optional()
      .describe('A line at equal times that shows that the server lives.'),
    duration: durationSetting('1s', '365d', 'How long it goes on; without end when absent.').optional(),
    seed: z.int().min(0).optional().describe('Makes it the same each time; another each time when absent.'),
    incidents: z.array(incidentOptions).default([]).describe('What befalls the site.')
  })
  .describe("A scenario of Visor's generator")

export type Scenario = z.output<typeof scenarioOptions>
