import { InvalidArgumentError } from 'commander'
import { flag, textOption, valueOption, type OptionsOf } from '../options.ts'

export const initOptions = {
  httpdConf: textOption('--httpd-conf <file>', 'httpd.conf or apache2.conf'),
  nginxConf: textOption('--nginx-conf <file>', 'nginx.conf'),
  define: valueOption(
    '-D, --define <name[=value]>',
    'what httpd is started with; may be given again',
    define
  ),
  output: textOption(
    '-o, --output <file>',
    'where to write; - prints it. Else where visor watch looks for it'
  ),
  systemd: flag(
    '--systemd',
    'also write a unit of systemd that runs visor watch: as root one of the machine, else your own'
  ),
  force: flag('--force', 'overwrite a configuration that is there'),
  json: flag('--json', 'print what was found as JSON, and write nothing')
}

export type InitOptions = OptionsOf<typeof initOptions>

function define(text: string, before: ReadonlyMap<string, string> | undefined): ReadonlyMap<string, string> {
  const [, name, value = ''] = /^(\w+)(?:=([^]*))?$/.exec(text) ?? []
  if (name === undefined) throw new InvalidArgumentError('Expected NAME or NAME=value.')
  return new Map([...(before ?? []), [name, value]])
}
