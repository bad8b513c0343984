import { InvalidArgumentError } from 'commander'
import { parseSize } from '../../core/units.ts'
import { flag, integer, valueOption, withDefault, type OptionsOf } from '../options.ts'

const MIB = 1024 ** 2
const [LEAST, MOST] = [512, 65_536]

export const startOptions = {
  port: withDefault(
    valueOption('-p, --port <port>', 'port of Connect, 0 for any free one', integer(0, 65_535)),
    15_002
  ),
  workers: withDefault(
    valueOption(
      '--workers <count>',
      'worker processes of a cluster; 0 for one process that does everything',
      integer(0, 64)
    ),
    0
  ),
  cores: valueOption(
    '--cores <count>',
    "cores of each worker, or of the one process (default: 1, or the machine's)",
    integer(1, 256)
  ),
  memory: withDefault(
    valueOption('--memory <size>', 'memory of each executor, or of the one process', mebibytes),
    1024,
    '1GiB'
  ),
  token: valueOption('--token <text>', 'what clients must know to be let in', token),
  kafka: flag('--kafka', 'a Kafka broker beside it, which ends with it'),
  kafkaPort: withDefault(
    valueOption('--kafka-port <port>', 'port of the broker, 0 for any free one', integer(0, 65_535)),
    9092
  ),
  foreground: flag('--foreground', 'stay, and end it on Ctrl+C')
}

export type StartOptions = OptionsOf<typeof startOptions>

/** It stands in the address as it is. An empty one would be a door without a lock. */
function token(text: string): string {
  if (/^[\w.~+/=:@-]+$/.test(text)) return text
  throw new InvalidArgumentError('Expected letters, digits and any of . _ ~ + / = : @ -, at least one.')
}

function mebibytes(text: string): number {
  const size = Math.floor((parseSize(text) ?? 0) / MIB)
  if (size >= LEAST && size <= MOST) return size
  throw new InvalidArgumentError('Expected a size from 512MiB to 64GiB, such as 2GiB.')
}
