/**
 * The ready-made rules, as a user would write them; anything of them can be changed under the same name. Limits follow those
 * that Netdata ships for web logs.
 */
export const READY_MADE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'server-errors-burst': {
    title: 'A burst of server errors',
    type: 'count',
    where: 'status:5xx',
    over: 20,
    window: '10s',
    severity: 'critical'
  },
  'server-errors': {
    title: 'Many server errors',
    type: 'ratio',
    where: 'status:5xx',
    over: '5%',
    window: '1m',
    severity: 'critical',
    inhibitedBy: 'server-errors-burst'
  },
  'server-errors-some': {
    title: 'Some server errors',
    type: 'ratio',
    where: 'status:5xx',
    over: '2%',
    min: 300,
    window: '5m',
    inhibitedBy: ['server-errors', 'server-errors-burst']
  },
  'not-found': {
    title: 'Many requests for what is not there',
    type: 'ratio',
    where: 'status:404',
    over: '30%',
    window: '5m',
    inhibitedBy: 'path-scan'
  },
  'client-errors': {
    title: 'Many refused requests',
    type: 'ratio',
    where: 'status:4xx',
    over: '30%',
    window: '5m',
    inhibitedBy: ['not-found', 'path-scan', 'password-guessing']
  },
  'password-guessing': {
    title: 'Passwords are tried',
    type: 'count',
    where: 'status:401',
    by: 'client',
    over: 10,
    window: '1m'
  },
  'path-scan': {
    title: 'Somebody looks for a way in',
    type: 'cardinality',
    where: 'status:404',
    by: 'client',
    field: 'path',
    over: 100,
    window: '1m'
  },
  'secrets-served': {
    title: 'A file with secrets was served',
    type: 'match',
    where:
      'status:2xx AND path:(*/.env OR */.git/config OR */.git/HEAD OR */.aws/credentials OR */.htpasswd OR */.svn/entries OR */id_rsa OR */wp-config.php.bak)',
    severity: 'critical'
  },
  'grave-message': {
    title: 'A grave message in the error log',
    type: 'match',
    where: 'level:(crit OR alert OR emerg)',
    severity: 'critical'
  },
  'server-crash': {
    title: 'A process of the server crashed',
    type: 'match',
    where: 'kind:error AND message:/exit signal|[Ss]egmentation fault|signal 11/',
    severity: 'critical'
  },
  restarts: {
    title: 'The server restarts again and again',
    type: 'count',
    where: 'message:/resuming normal operations/',
    over: 3,
    window: '10m'
  },
  'new-error': {
    title: 'An error that was never seen before',
    type: 'new',
    where: 'level:(error OR crit OR alert OR emerg) AND NOT message:(AH01617* OR AH01618*)',
    field: 'signature',
    severity: 'info'
  },
  traffic: {
    title: 'Far more requests than usual, or far fewer',
    type: 'spike',
    where: 'kind:access',
    up: 4,
    down: 0.25,
    window: '5m',
    min: 600,
    minReference: 300,
    inhibitedBy: 'source-silent'
  },
  'source-silent': {
    title: 'A log has fallen silent',
    type: 'absent',
    by: 'source',
    window: '1m',
    usual: 15,
    severity: 'critical'
  },
  slow: {
    title: 'Slow answers',
    type: 'metric',
    where: 'kind:access',
    field: 'duration',
    of: 'p95',
    over: '1s',
    factor: 2,
    min: 120,
    window: '2m'
  },
  'slow-page': {
    title: 'A page takes over a second',
    type: 'ratio',
    where: 'duration:>1s',
    of: 'duration:*',
    by: 'path',
    over: '20%',
    factor: 3,
    min: 20,
    window: '2m',
    inhibitedBy: 'slow'
  },
  'lines-not-understood': {
    title: 'Lines that do not follow their format',
    type: 'health',
    of: 'rejected',
    over: '1%'
  },
  'source-problem': {
    title: 'A log cannot be read',
    type: 'health',
    of: 'problem',
    for: '30s'
  },
  'reading-behind': {
    title: 'Reading is behind',
    type: 'health',
    of: 'lag',
    over: '30s',
    for: '1m'
  },
  'store-behind': {
    title: 'Reading waits for the store',
    type: 'health',
    of: 'held',
    over: '30s'
  },
  'disk-full': {
    title: 'The disk of the store is nearly full',
    type: 'health',
    of: 'disk',
    over: '95%',
    severity: 'critical'
  },
  'notifications-held-up': {
    title: 'Notifications cannot be delivered',
    type: 'health',
    of: 'delivery',
    over: '5m',
    severity: 'critical'
  },
  'source-quiet': {
    title: 'No line has come for long',
    type: 'health',
    of: 'silent',
    over: '1d',
    severity: 'info'
  }
}
