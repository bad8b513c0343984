/** What a service of systemd runs, and for whom. */
export interface Service {
  /** The program and its first arguments, before `watch`. */
  readonly command: readonly string[]
  /** The configuration. */
  readonly config: string
}

/** Where the service of the machine keeps its store. */
export const SYSTEM_STORE = '/var/lib/visor'

/** The user that the service of the machine runs as, and the group of its admins. */
export const SYSTEM_USER = 'visor'

/**
 * Rules for a service that only reads logs, and writes nothing but its own folders. Node compiles JavaScript to machine code
 * while it runs: MemoryDenyWriteExecute would end it. Visor gives its folders to the group of its admins, with the set-group-ID
 * bit: RestrictSUIDSGID would forbid that, and so would no @chown.
 */
const SHUT = `UMask=0027
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
ProtectProc=invisible
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
RestrictRealtime=yes
RestrictNamespaces=yes
LockPersonality=yes
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallFilter=@chown
SystemCallErrorNumber=EPERM
MemoryDenyWriteExecute=no`

/** The unit of a service of the whole machine, which runs as a user of its own. */
export function systemUnit(service: Service): string {
  const account = [
    `User=${SYSTEM_USER}`,
    `Group=${SYSTEM_USER}`,
    `Environment=HOME=${SYSTEM_STORE}`,
    'StateDirectory=visor',
    'StateDirectoryMode=2750',
    'CacheDirectory=visor',
    `Environment=XDG_CACHE_HOME=/var/cache`,
    SHUT
  ]
  return unit(service, 'multi-user.target', account)
}

/** The unit of a service of one user, in their session or, with lingering, from the machine's start. */
export function userUnit(service: Service): string {
  return unit(service, 'default.target', ['NoNewPrivileges=yes'])
}

function unit({ command, config }: Service, target: string, rules: readonly string[]): string {
  const start = [...command, 'watch', '--config', config].map(word).join(' ')
  return `[Unit]
Description=Visor, the log monitor
Documentation=man:visor(1)
After=network.target

[Service]
Type=exec
SyslogIdentifier=visor
ExecStart=${start}
ExecReload=/bin/kill -HUP $MAINPID
TimeoutStopSec=10
Restart=on-failure
RestartSec=5
LimitNOFILE=65536
${rules.join('\n')}

[Install]
WantedBy=${target}
`
}

/** A word of a command line as systemd reads it. */
function word(text: string): string {
  const plain = text.replaceAll('%', '%%').replaceAll('$', () => '$$')
  return /^[\w./@:%+=,-]+$/.test(plain) ? plain : `"${plain.replaceAll(/["\\]/g, String.raw`\$&`)}"`
}
