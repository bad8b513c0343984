import { silenceQuery } from '../../core/value-query.ts'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Alert } from '../../alerts/model.ts'
import { parseDuration } from '../../core/duration.ts'
import { VisorError } from '../../core/errors.ts'
import { utcText } from '../../core/units.ts'
import { linkCaller, needs } from '../access/access.ts'
import { statusOf } from '../failure.ts'
import { PLAIN_PAGE, sendPlainPage, takeForms } from '../plain-page.ts'
import { actPage, type ActForm, type ActPage } from './act-page.ts'
import { acting, BODY_LIMIT, checked, filledIn } from './bodies.ts'
import type { LinkRequest } from './links.ts'
import type { AlertsService } from './service.ts'

/** A page, and the status of HTTP that it has. */
export type ActAnswer = ActPage & { readonly status?: number }

interface Token {
  readonly Params: { readonly token: string }
}

/** What the page of a token says. */
interface ActAnswers {
  /** To who only looks. */
  readonly asked: (token: string) => ActAnswer
  /** To who has sent the form, from where: it is done. */
  readonly sent: (token: string, body: unknown, from: string) => ActAnswer
}

/** `/act/TOKEN`: where the links in messages of alerts lead. */
export function addActing(server: FastifyInstance, service: AlertsService): void {
  addActPages(server, 'act', {
    asked: token => answerTo(service, token, question),
    sent: (token, body, from) =>
      answerTo(service, token, (request, alerts) => act(service, request, alerts, { body, from }))
  })
}

/**
 * `/PATH/TOKEN`: where links in messages lead. Programs that look into mails follow links, so GET only shows what is asked for;
 * POST, by the form there, does it. Who has the token may: it is signed. What goes wrong is shown as a page.
 */
export function addActPages(server: FastifyInstance, path: string, { asked, sent }: ActAnswers): void {
  takeForms(server)
  server.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) =>
    sendActPage(reply, { ...wrong('This did not work', error.message), status: statusOf(error) })
  )
  const options = {
    ...needs('link'),
    bodyLimit: BODY_LIMIT,
    ...PLAIN_PAGE
  }
  server.get<Token>(`/${path}/:token`, options, async ({ params }, reply) =>
    sendActPage(reply, asked(params.token))
  )
  server.post<Token>(`/${path}/:token`, options, async ({ params, body, ip }, reply) =>
    sendActPage(reply, sent(params.token, body, ip))
  )
}

function sendActPage(reply: FastifyReply, { status = 200, ...page }: ActAnswer): FastifyReply {
  return sendPlainPage(reply, status, actPage(page))
}

/** What to answer, where a link still asks for something. */
function answerTo(
  service: AlertsService,
  token: string,
  answer: (request: LinkRequest, alerts: readonly Alert[]) => ActAnswer
): ActAnswer {
  const request = service.act(token)
  if (request === 'forged') return FORGED
  if (request === 'expired')
    return { ...wrong('This link is too old', 'Links in messages work for a week.'), status: 410 }
  const alerts = request.alerts.flatMap(id => service.alert(id) ?? [])
  const open = alerts.filter(({ phase }) => phase !== 'resolved')
  return open.length > 0 ? answer(request, open) : over(alerts)
}

/** The answer to a link that is not of this Visor. */
export const FORGED: ActAnswer = {
  ...wrong('This link does not work', 'This Visor has not made it, or it was damaged on its way.'),
  status: 403
}

function over(alerts: readonly Alert[]): ActAnswer {
  return { tone: 'done', heading: 'It is over already', summary: 'There is nothing left to do.', alerts }
}

function wrong(heading: string, summary: string): ActAnswer {
  return { tone: 'wrong', heading, summary, alerts: [] }
}

function question(
  { action }: LinkRequest,
  alerts: readonly Alert[],
  filled: Partial<ActForm> = {}
): ActAnswer {
  if (action === 'acknowledge')
    return {
      tone: 'ask',
      heading: `Acknowledge ${these(alerts)}`,
      summary: 'You have it in hand: nobody is notified of it again until it is resolved.',
      alerts,
      form: { button: 'Acknowledge', asks: 'remark', ...filled }
    }
  return {
    tone: 'ask',
    heading: `Silence ${these(alerts)}`,
    summary: 'For a while nobody is notified of alerts that match this:',
    query: silenceQuery(alerts),
    alerts,
    form: { button: 'Silence', asks: 'remark and time', ...filled }
  }
}

function act(
  service: AlertsService,
  request: LinkRequest,
  alerts: readonly Alert[],
  { body, from }: { readonly body: unknown; readonly from: string }
): ActAnswer {
  try {
    const { owner, comment, for: lasting } = checked(acting, body)
    const caller = linkCaller(owner, from)
    if (request.action === 'acknowledge') {
      const taken = alerts.filter(({ id }) => service.acknowledge({ alert: id, comment }, caller))
      if (taken.length === 0) return over(alerts)
      return done(`Acknowledged by ${owner}`, 'Nobody is notified of it again until it is resolved.', taken)
    }
    const query = silenceQuery(alerts)
    const silence = { query, reason: comment, for: parseDuration(lasting) ?? 0 }
    const { ends } = service.silence(silence, caller)
    return done(`Silenced by ${owner}`, `Until ${utcText(ends)}, unless it is ended on the page.`, alerts)
  } catch (error) {
    if (!(error instanceof VisorError) || error.code !== 'QUERY') throw error
    return {
      ...question(request, alerts, { ...filledIn.parse(body), problem: error.message }),
      status: 400
    }
  }
}

function done(heading: string, summary: string, alerts: readonly Alert[]): ActAnswer {
  return { tone: 'done', heading, summary, alerts }
}

function these({ length }: readonly Alert[]): string {
  return length === 1 ? 'this alert' : `these ${length} alerts`
}
