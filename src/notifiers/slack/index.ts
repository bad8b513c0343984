import * as z from 'zod'
import { notifierKind } from '../kind.ts'
import { composeMessage } from '../message/compose.ts'
import { caSetting, timeoutSetting, urlSetting } from '../settings.ts'
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
    const { httpNotifier } = await import('../http.ts')
    return httpNotifier('slack', { ...options, secretPath: true }, notification => {
      const message = composeMessage(notification, dependencies, () => true)
      return { body: JSON.stringify(slackMessage(message, notification.created)) }
    })
  }
})
