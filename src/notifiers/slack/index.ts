import * as z from 'zod'
import { notifierKind } from '../kind.ts'
import { viewOf } from '../message/compose.ts'
import { caSetting, timeoutSetting, urlSetting } from '../settings.ts'
import { sole } from '../sole.ts'
import { slackMessage } from './message.ts'

/** Messages in a channel. */
export const slackKind = notifierKind({
  name: 'slack',
  summary: 'messages in a channel of Slack, Mattermost, Discord (/slack) and the like',
  example: { url: 'https://hooks.slack.com/services/…' },
  options: z.strictObject({
    url: urlSetting('The address of the incoming webhook; whoever knows it can write there.'),
    ca: caSetting,
    timeout: timeoutSetting
  }),
  async open(options, dependencies) {
    const { Endpoint } = await import('../http/endpoint.ts')
    const endpoint = new Endpoint({ ...options, secretPath: true })
    return sole(
      'slack',
      endpoint.name,
      (notification, signal) => {
        const message = slackMessage(
          viewOf(notification, dependencies, () => true),
          notification.created
        )
        return endpoint.post(JSON.stringify(message), {}, signal)
      },
      () => endpoint.close()
    )
  }
})
