import { InvalidArgumentError, type Command } from 'commander'
import { print, type Context } from '../context.ts'
import { addExamples } from '../options.ts'
import type { InitRequest } from './run.ts'

/** `visor init`: a configuration made from that of the web server. */
export function initCommand(program: Command, context: Context): void {
  const command = program
    .command('init')
    .summary("write a configuration from your web server's own")
    .description(
      "Read the configuration of Apache httpd or nginx, find its logs and their formats, and write Visor's configuration. " +
        'Nothing of the server is run or changed. Without a path the usual places are looked at.'
    )
    .option('--httpd-conf <file>', 'httpd.conf or apache2.conf')
    .option('--nginx-conf <file>', 'nginx.conf')
    .option('-D, --define <name[=value]>', 'what httpd is started with; may be given again', define)
    .option('-o, --output <file>', 'where to write; - prints it. Else where visor watch looks for it')
    .option('--force', 'overwrite a configuration that is there')
    .option('--json', 'print what was found as JSON, and write nothing')
    .action((options: InitRequest) => init(options, context))
  addExamples(command, [
    ['visor init', 'the usual places, into your own configuration'],
    ['visor init --httpd-conf /etc/apache2/apache2.conf -o -', 'only print it'],
    ['visor init --nginx-conf /etc/nginx/nginx.conf -o visor.yaml', 'nginx, into a file']
  ])
}

function define(text: string, before?: ReadonlyMap<string, string>): Map<string, string> {
  const [, name, value = ''] = /^(\w+)(?:=([^]*))?$/.exec(text) ?? []
  if (name === undefined) throw new InvalidArgumentError('Expected NAME or NAME=value.')
  return new Map([...(before ?? []), [name, value]])
}

async function init(options: InitRequest, context: Context): Promise<void> {
  const { runInit } = await import('./run.ts')
  const { text, note } = runInit(options, context.env)
  await print(context.stderr, note)
  await print(context.stdout, text)
}
