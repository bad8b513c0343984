/** A member that is known to fill a field: its path in small letters, without `_` and `-`. */
export interface Known {
  readonly path: string
  readonly how?: string
  /** Only where this member is there too. */
  readonly beside?: string
}

/** Members by their paths, with blanks between them. */
const known = (paths: string): Known[] => Array.from(paths.matchAll(/\S+/g), ([path]) => ({ path }))
const inUnit = (how: string, paths: string): Known[] => known(paths).map(one => ({ ...one, how }))

/**
 * For each field the members that fill it, the first that a log has: those of Caddy, Traefik, Envoy, HAProxy, the Elastic
 * Common Schema, and what people commonly write with nginx's and Apache's log formats.
 */
export const MEMBER_NAMES: Readonly<Record<string, readonly Known[]>> = {
  time: known(`
    startutc ts @timestamp timestamp time timeiso8601 timelocal starttime startlocal datetime
    requesttimestamp msec timemsec date asctime t`),
  client: known(`
    request.clientip clientip clienthost client.address client.ip request.remoteip remoteip
    remoteaddr remoteaddress source.ip source.address clientaddress remotehost client
    httprequest.remoteip ip host.ip downstreamremoteaddress request.remoteaddr xforwardedfor`),
  client_port: known('request.remoteport clientport remoteport source.port'),
  user: known('userid clientusername remoteuser user username user.name authuser'),
  method: known(`
    request.method requestmethod method http.request.method httprequest.requestmethod verb
    httpmethod`),
  path: known(`
    request.uri requestpath requesturi uri url.original url.path path target
    httprequest.requesturl url requesturl`),
  query: known('query args querystring url.query'),
  protocol: known(`
    request.proto requestprotocol serverprotocol protocol proto httprequest.protocol
    httpversion`),
  request: known('request requestline r'),
  status: known(`
    downstreamstatus status statuscode responsecode responsestatus httpstatus response.status
    http.response.statuscode httprequest.status elbstatuscode code`),
  bytes: known(`
    downstreamcontentsize size bodybytessent bytessent bytes responsesize
    http.response.body.bytes httprequest.responsesize sentbytes contentlength responsebytes
    bytesout`),
  bytes_in: known(`
    bytesread requestcontentsize requestlength bytesreceived http.request.bytes
    httprequest.requestsize bytesin`),
  referrer: known(`
    request.headers.referer requestreferer httpreferer httpreferrer referer referrer
    http.request.referrer httprequest.referer`),
  agent: known(`
    request.headers.useragent requestuseragent httpuseragent useragent useragent.original
    httprequest.useragent agent ua`),
  vhost: known(`
    request.host requesthost httphost host servername vhost virtualhost url.domain authority
    domain`),
  port: known('serverport destination.port url.port'),
  duration: [
    ...inUnit('ns', 'event.duration durationns'),
    { path: 'duration', how: 'ns', beside: 'downstreamstatus' },
    { path: 'duration', how: 'ms', beside: 'responsecode' },
    ...inUnit('ms', 'durationms responsetimems latencyms timetakenms elapsedms requesttimems ta'),
    ...inUnit('us', 'durationus requesttimeus responsetimeus timeus microseconds requestmicroseconds'),
    ...inUnit('s', 'duration requesttime durations timetaken responsetime latency elapsed')
  ],
  request_id: known('requestid uniqueid xrequestid traceid request.id http.request.id'),
  level: known('level severity log.level loglevel lvl'),
  message: known('message msg log error.message'),
  module: known('logger module log.logger component channel name'),
  pid: known('pid process.pid'),
  tid: known('tid thread.id process.thread.id')
}

/** Members that hold the headers of the request and of the answer. */
export const HEADERS: Readonly<Record<string, string>> = {
  'request.headers': 'header',
  headers: 'header',
  'http.request.headers': 'header',
  respheaders: 'reply',
  'response.headers': 'reply',
  'http.response.headers': 'reply'
}

/** How names are compared. */
export function plainName(path: readonly string[]): string {
  return path.join('.').toLowerCase().replaceAll(/[_-]/g, '')
}
