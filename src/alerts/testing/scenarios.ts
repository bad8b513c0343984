import type { Scenario } from './play.ts'

/** The sixth to the tenth minute. */
export const QUIET = { at: '22:05-22:10', zone: 'UTC' }

/** What happens (seconds), and who is notified when, why, of whom. An alert is over about seven seconds after its last line. */
export const SCENARIOS: readonly (readonly [
  what: string,
  scenario: Scenario,
  notified: readonly string[]
])[] = [
  [
    'an alert is notified of at once, and its end',
    { lines: { a: [[0, 30]] }, until: 60 },
    ['0 ops fired a', '36 ops resolved over a']
  ],
  [
    'alerts that fire together share a notification',
    { lines: { a: [[0, 30]], b: [[0, 20]] }, until: 60 },
    ['0 ops fired a,b', '36 ops resolved over a,b']
  ],
  [
    'those that follow come a minute later, and ever less often while they keep coming',
    {
      lines: { a: [[0, 900]], b: [[10, 900]], c: [[70, 900]], d: [[190, 900]], e: [[500, 900]] },
      until: 920
    },
    [
      '0 ops fired a',
      '60 ops more a,b',
      '180 ops more a,b,c',
      '480 ops more a,b,c,d',
      '780 ops more a,b,c,d,e',
      '906 ops resolved over a,b,c,d,e'
    ]
  ],
  [
    'one that follows after a while is notified of at once, and the pause is short again',
    { lines: { a: [[0, 400]], b: [[10, 400]], c: [[310, 400]], d: [[320, 400]] }, until: 420 },
    [
      '0 ops fired a',
      '60 ops more a,b',
      '310 ops more a,b,c',
      '370 ops more a,b,c,d',
      '406 ops resolved over a,b,c,d'
    ]
  ],
  [
    'what is over meanwhile rides along, also what fired and was over between two notifications',
    { lines: { a: [[0, 100]], b: [[10, 20]], c: [[50, 200]] }, until: 220 },
    ['0 ops fired a', '60 ops more a,c over b', '206 ops resolved over a,c']
  ],
  [
    'groups are notified of apart',
    { rules: { r: { groupBy: 'client' } }, lines: { a: [[0, 30]], b: [[10, 20]] }, until: 60 },
    ['0 ops fired a', '10 ops fired b', '24 ops resolved over b', '36 ops resolved over a']
  ],
  [
    'a rule need not notify that it is resolved',
    {
      rules: { r: { sendResolved: false } },
      lines: {
        a: [
          [0, 10],
          [50, 60]
        ],
        b: [[5, 15]]
      },
      until: 90
    },
    ['0 ops fired a', '14 ops fired b', '50 ops fired a']
  ],
  [
    'reminders come ever less often',
    { rules: { r: { repeatInterval: '60s' } }, lines: { a: [[0, 500]] }, until: 520 },
    [
      '0 ops fired a',
      '60 ops reminder a',
      '180 ops reminder a',
      '420 ops reminder a',
      '506 ops resolved over a'
    ]
  ],
  [
    'there are none where the rule wants none',
    { rules: { r: { repeatInterval: '0s' } }, lines: { a: [[0, 500]] }, until: 520 },
    ['0 ops fired a', '506 ops resolved over a']
  ],
  [
    'nor of what somebody has taken on; new alerts of its group are notified of all the same',
    {
      rules: { r: { repeatInterval: '60s' } },
      lines: { a: [[0, 300]], b: [[200, 300]] },
      acknowledged: { a: 30 },
      until: 320
    },
    ['0 ops fired a', '200 ops more a,b', '260 ops reminder b', '306 ops resolved over a,b']
  ],
  [
    'they come again when it is given back',
    {
      rules: { r: { repeatInterval: '60s' } },
      lines: { a: [[0, 300]] },
      acknowledged: { a: 30 },
      given: { a: 200 },
      until: 250
    },
    ['0 ops fired a', '200 ops reminder a']
  ],
  [
    'an acknowledgement ends with its alert',
    {
      lines: {
        a: [
          [0, 20],
          [40, 50]
        ]
      },
      acknowledged: { a: 10 },
      until: 60
    },
    ['0 ops fired a', '26 ops resolved over a', '40 ops fired a', '56 ops resolved over a']
  ],
  [
    'a silence keeps it from everybody, also that it is over',
    { lines: { a: [[10, 30]], b: [[10, 60]] }, silences: [['client:a', 0, 120]], until: 130 },
    ['10 ops fired b', '66 ops resolved over b']
  ],
  [
    'when it ends, what still fires is notified of',
    {
      lines: { a: [[10, 300]], b: [[100, 300]] },
      silences: [['rule:r severity:warning', 0, 200]],
      until: 310
    },
    ['200 ops silence over a,b', '306 ops resolved over a,b']
  ],
  [
    'also what had been notified of before; but not what is ending',
    { lines: { a: [[0, 200]], b: [[0, 118]] }, silences: [['client:(a OR b)', 50, 70]], until: 210 },
    ['0 ops fired a,b', '120 ops silence over a', '206 ops resolved over a']
  ],
  [
    'a rule inhibits others, for as long as what they evaluate may be the same lines',
    {
      rules: { big: {}, r: { inhibitedBy: 'big', window: '20s', groupBy: 'client' } },
      lines: { 'big:a': [[0, 20]], a: [[0, 70]], b: [[5, 10]], 'big:c': [[30, 50]], c: [[30, 50]] },
      until: 120
    },
    [
      '0 ops fired a',
      '5 ops fired b',
      '24 ops resolved over a',
      '30 ops fired c',
      '33 ops resolved over b',
      '44 ops fired a',
      '54 ops resolved over c',
      '95 ops resolved over a'
    ]
  ],
  [
    'rules that inhibit each other in circles are all notified of',
    {
      rules: { r: { inhibitedBy: 's' }, s: { inhibitedBy: 'r' } },
      lines: { a: [[0, 10]], 's:a': [[0, 10]] },
      until: 8
    },
    ['0 ops fired a', '0 ops fired a']
  ],
  [
    'receivers are notified of what is severe enough for them, by the rules that name them',
    {
      rules: { r: { severity: 'info' }, s: { severity: 'critical', receivers: ['boss', 'ops'] } },
      receivers: { ops: {}, boss: { minSeverity: 'warning' }, other: { minSeverity: 'info' } },
      lines: { a: [[0, 5]], 's:b': [[0, 5]] },
      until: 20
    },
    [
      '0 ops fired a',
      '0 other fired a',
      '0 ops fired b',
      '0 boss fired b',
      '11 ops resolved over a',
      '11 other resolved over a',
      '11 ops resolved over b',
      '11 boss resolved over b'
    ]
  ],
  [
    'mute times hold notifications back and send all in one',
    {
      receivers: { ops: { muteTimes: QUIET } },
      lines: { a: [[0, 320]], b: [[330, 800]], c: [[400, 420]] },
      until: 820
    },
    ['0 ops fired a', '600 ops digest b over a,c held 3', '806 ops resolved over b']
  ],
  [
    'but not the most severe',
    {
      rules: { r: { severity: 'critical' }, w: {} },
      receivers: { ops: { muteTimes: QUIET } },
      lines: { a: [[310, 350]], 'w:b': [[310, 350]] },
      until: 610
    },
    ['310 ops fired a', '356 ops resolved over a', '600 ops digest over b held 2']
  ],
  [
    'a reminder waits for their end',
    {
      rules: { r: { repeatInterval: '301s' } },
      receivers: { ops: { muteTimes: QUIET } },
      lines: { a: [[0, 700]] },
      until: 720
    },
    ['0 ops fired a', '600 ops reminder a', '706 ops resolved over a']
  ],
  [
    'what was held back and is silenced meanwhile is notified of when that ends, too',
    {
      receivers: { ops: { muteTimes: QUIET } },
      lines: { a: [[310, 800]], b: [[310, 800]] },
      silences: [['client:a', 400, 300]],
      until: 750
    },
    ['600 ops digest b held 1', '700 ops silence over a,b']
  ],
  [
    'beyond so many notifications in a time the others are held back and sent in one',
    {
      rules: { r: { groupBy: 'client' } },
      receivers: { ops: { rateLimit: { count: 2, per: '2m' } } },
      lines: { a: [[0, 10]], b: [[3, 100]], c: [[4, 200]] },
      until: 220
    },
    ['0 ops fired a', '3 ops fired b', '120 ops digest c over a,b held 3', '206 ops resolved over c']
  ],
  [
    'what flaps is notified of until it is called so, and again once it has settled',
    {
      lines: {
        a: [
          [0, 2],
          [10, 12],
          [20, 22],
          [30, 32],
          [40, 42]
        ]
      },
      until: 1000
    },
    [
      '0 ops fired a',
      '8 ops resolved over a',
      '10 ops fired a',
      '18 ops resolved over a',
      '20 ops fired a',
      '28 ops resolved over a',
      '948 ops resolved over a'
    ]
  ],
  [
    'where it fires when it has settled, that is notified of',
    {
      lines: {
        a: [
          [0, 2],
          [10, 12],
          [20, 22],
          [30, 32],
          [40, 1000]
        ]
      },
      until: 1020
    },
    [
      '0 ops fired a',
      '8 ops resolved over a',
      '10 ops fired a',
      '18 ops resolved over a',
      '20 ops fired a',
      '28 ops resolved over a',
      '940 ops fired a',
      '1006 ops resolved over a'
    ]
  ],
  [
    'where nobody is notified that it is resolved, the next time it fires says that it flaps',
    {
      rules: { r: { sendResolved: false } },
      lines: {
        a: [
          [0, 2],
          [10, 12],
          [20, 22],
          [30, 32],
          [40, 42]
        ]
      },
      until: 60
    },
    ['0 ops fired a', '10 ops fired a', '20 ops fired a', '30 ops fired a']
  ]
]
