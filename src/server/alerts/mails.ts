import { Eta } from 'eta'
import type { FastifyInstance } from 'fastify'
import { needs } from '../access/access.ts'
import { sendFailure } from '../failure.ts'
import type { AlertsService } from './service.ts'
import type { Mail } from './types.ts'

/**
 * Mails hold text of logs. They are shown as they are, but nothing in them runs, is fetched, or can reach this server's pages;
 * what they link to may be opened.
 */
const POLICY = {
  defaultSrc: ["'none'"],
  styleSrc: ["'unsafe-inline'"],
  imgSrc: ['data:'],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
  sandbox: ['allow-popups', 'allow-popups-to-escape-sandbox', 'allow-top-navigation-by-user-activation']
}

/** `/mails/NAME`: a mail of the local mailbox. */
export function addMails(server: FastifyInstance, service: AlertsService): void {
  server.get<{ Params: { name: string } }>(
    '/mails/:name',
    { ...needs('read'), helmet: { contentSecurityPolicy: { useDefaults: false, directives: POLICY } } },
    async ({ params }, reply) => {
      const mail = await service.mail(params.name)
      if (!mail) return sendFailure(reply, 404, 'there is no such mail any more')
      return reply.header('cache-control', 'no-store').type('text/html; charset=utf-8').send(htmlOf(mail))
    }
  )
}

const PLAIN = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title><%= it.subject %></title></head>
<body><pre style="white-space: pre-wrap"><%= it.text %></pre></body></html>
`

const eta = new Eta()

function htmlOf(mail: Mail): string {
  return mail.html ?? eta.renderString(PLAIN, mail)
}
