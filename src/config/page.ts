import * as z from 'zod'
import { ROLES } from '../core/caller.ts'
import { rangesSetting } from '../settings/ranges.ts'

const header = (summary: string) =>
  z
    .string()
    .regex(/^[\w-]+$/, 'expected the name of a header, such as "Remote-User"')
    .optional()
    .describe(summary)

const names = (summary: string) => z.array(z.string().min(1)).min(1).optional().describe(summary)

const proxy = z
  .strictObject({
    trusted: rangesSetting(
      'Addresses of the proxy, and ranges: only these are believed whom they speak for.'
    ),
    user: header(
      'The header in which the proxy says who is signed in there: Remote-User of Authelia, X-Forwarded-User or X-Auth-Request-User of oauth2-proxy.'
    ),
    groups: header("The header with the user's groups, separated by commas: Remote-Groups of Authelia."),
    role: z.enum(ROLES).default('read').describe('What everybody may do whom the proxy has signed in.'),
    roles: z
      .strictObject({
        act: names('Users that may acknowledge and silence too; @name is a group.'),
        admin: names('Users that may do all; @name is a group.')
      })
      .prefault({})
      .describe('What some may do.'),
    token: z
      .string()
      .min(1)
      .optional()
      .describe(
        'The name of a token (visor token add) that the proxy sends as "Authorization: Bearer": other programs at its address have none.'
      )
  })
  .optional()
  .describe('A proxy before the page: who signs in there, and from where requests come.')

const file = (summary: string) =>
  z
    .string()
    .min(1, 'expected a path')
    .refine(text => !text.includes('-----BEGIN'), {
      error: 'expected a path alone, without "file:": the file is read again when it is renewed'
    })
    .describe(summary)

const tls = z
  .strictObject({
    cert: file('The file of the certificate, with those between it and the root, as PEM.'),
    key: file('The file of its private key, as PEM.')
  })
  .optional()
  .describe('The page is encrypted with these; a renewed certificate is taken within ten seconds.')

/** The settings of the page. */
export const pageSettings = z.strictObject({
  enabled: z.boolean().default(true).describe('Serve the live page.'),
  host: z
    .string()
    .min(1)
    .refine(
      host => !/^[^:]*:\d+$|\]:\d+$/.test(host),
      'expected an address alone; "port" is a setting of its own'
    )
    .default('127.0.0.1')
    .describe('The address to listen on.'),
  access: z
    .enum(['loopback', 'token'])
    .default('loopback')
    .describe(
      'Who may read the page: `loopback` lets programs on this machine, `token` asks everybody for a token or a sign-in; acts need one always.'
    ),
  port: z.int().min(0).max(65535).default(7070).describe('The port to listen on; 0 takes any free one.'),
  url: z
    .url({ protocol: /^https?$/, error: 'expected an address such as "https://visor.example.org/"' })
    .transform(url => (url.endsWith('/') ? url : `${url}/`))
    .optional()
    .describe(
      'Where people reach the page, by a proxy perhaps: links in messages lead there, those to unsubscribe from reports too.'
    ),
  tls,
  proxy
})
