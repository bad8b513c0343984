/** Reason phrases of RFC 9110 and the registry, and what nginx logs of its own. */
const REASONS: Readonly<Record<string, string>> = {
  100: 'Continue',
  101: 'Switching Protocols',
  103: 'Early Hints',
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  206: 'Partial Content',
  207: 'Multi-Status',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  411: 'Length Required',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  416: 'Range Not Satisfiable',
  417: 'Expectation Failed',
  418: "I'm a teapot",
  421: 'Misdirected Request',
  422: 'Unprocessable Content',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  499: 'Client Closed Request',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
  507: 'Insufficient Storage'
}

/** What a status means, `''` where nobody has said so. */
export function reason(status: string): string {
  return REASONS[status] ?? ''
}

/** Name of the colour (`--tone-…`) of a status. */
export function statusTone(status: number): string {
  const first = Math.floor(status / 100)
  return first >= 2 && first <= 5 ? `${first}xx` : 'other'
}

/** Name of the colour of an error log's severity. */
export function levelTone(level: string): string {
  if (/^(emerg|alert|crit|error)$/i.test(level)) return '5xx'
  return /^warn/i.test(level) ? '4xx' : 'other'
}
