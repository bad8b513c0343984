import { weighted, type Random } from '../random.ts'

/** What a server's error log says. */
export interface Complaint {
  readonly level: string
  readonly module: string
  readonly message: string
  /** Lines that follow, such as a stack trace. */
  readonly details?: string
}

/** What the error log says when a page fails; `{path}` is the page, `{n}` a number. */
const FAILURES: readonly (readonly [Complaint, number])[] = [
  [
    {
      level: 'error',
      module: 'proxy',
      message: 'AH00898: Error reading from remote server returned by {path}'
    },
    4
  ],
  [
    {
      level: 'error',
      module: 'proxy_http',
      message: 'AH01102: error reading status line from remote server app-{n}:3000'
    },
    4
  ],
  [
    {
      level: 'error',
      module: 'proxy_fcgi',
      message:
        "AH01071: Got error 'PHP message: PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted in /srv/shop/cart.php on line {n}'"
    },
    2
  ],
  [
    {
      level: 'error',
      module: 'php',
      message:
        'PHP Fatal error:  Uncaught PDOException: SQLSTATE[HY000] [2002] Connection refused in /srv/shop/db.php:{n}',
      details:
        'Stack trace:\n#0 /srv/shop/db.php({n}): PDO->__construct()\n#1 /srv/shop/index.php(12): connect()\n#2 {main}'
    },
    1
  ]
]

/** What it says besides, in an error log that is made alone. */
const REMARKS: readonly (readonly [Complaint, number])[] = [
  [{ level: 'info', module: 'core', message: 'AH00128: File does not exist: /srv/shop/public{path}' }, 50],
  [
    {
      level: 'info',
      module: 'ssl',
      message: 'AH01964: Connection to child {n} established (server shop.example.com:443)'
    },
    25
  ],
  [
    {
      level: 'warn',
      module: 'autoindex',
      message: 'AH01276: Cannot serve directory /srv/shop/public{path}: No matching DirectoryIndex found'
    },
    10
  ],
  [
    {
      level: 'error',
      module: 'authz_core',
      message: 'AH01630: client denied by server configuration: /srv/shop{path}'
    },
    8
  ],
  [
    {
      level: 'warn',
      module: 'proxy_http',
      message: 'AH01110: error reading response from app-{n}:3000, trying again'
    },
    7
  ]
]

const failure = weighted(FAILURES)
const remark = weighted([...REMARKS, ...FAILURES])

/** What the error log says of a request for `path` that failed. */
export function complaintOf(random: Random, path: string): Complaint {
  return filled(failure(random), path, random)
}

/** Something that the error log says, a failure or not. */
export function remarkOn(random: Random, path: string): Complaint {
  return filled(remark(random), path, random)
}

function filled({ level, module, message, details }: Complaint, path: string, random: Random): Complaint {
  const number = String(1 + Math.floor(random() * 30))
  const fill = (text: string): string =>
    text.replaceAll(/\{(path|n)\}/g, (_, name) => (name === 'path' ? path : number))
  return { level, module, message: fill(message), ...(details !== undefined && { details: fill(details) }) }
}

/** What the error log says of a page that is not there. */
export function missing(path: string): Complaint {
  return { level: 'info', module: 'core', message: `AH00128: File does not exist: /srv/shop/public${path}` }
}
