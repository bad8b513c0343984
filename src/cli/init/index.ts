import { command } from '../command.ts'
import { print } from '../context.ts'
import { initOptions } from './options.ts'

/** `visor init`: a configuration made from that of the web server. */
export const initCommand = command({
  name: 'init',
  summary: "write a configuration from your web server's own",
  description:
    "Read the configuration of Apache httpd or nginx, find its logs and their formats, and write Visor's configuration. " +
    'Nothing of the server is run or changed. Without a path the usual places are looked at.',
  options: initOptions,
  examples: [
    ['visor init', 'the usual places, into your own configuration'],
    ['visor init --httpd-conf /etc/apache2/apache2.conf -o -', 'only print it'],
    ['sudo visor init --systemd', 'a service of the machine that watches the logs of your web server'],
    ['visor init --nginx-conf /etc/nginx/nginx.conf -o visor.yaml', 'nginx, into a file']
  ],
  run: async (_, options, context) => {
    const { runInit } = await import('./run.ts')
    const { text, note } = runInit(options, context.env)
    await print(context.stderr, note)
    await print(context.stdout, text)
  }
})
