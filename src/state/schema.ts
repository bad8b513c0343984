/**
 * How the database comes from each version to the next, from nothing on. What Visor has been released with is never changed:
 * something new is one more entry. The columns beside `data` (JSON) are what is looked for.
 */
export const MIGRATIONS: readonly string[] = [
  `
  create table alerts (
    id text primary key, rule text not null, phase text not null, since real not null, resolved real, data text not null
  ) strict;
  create index alerts_since on alerts (since);
  create index alerts_rule on alerts (rule, since);
  create index alerts_phase on alerts (phase, since);

  create table items (kind text not null, id text not null, data text not null, primary key (kind, id)) strict;

  create table transitions (
    seq integer primary key, at real not null, alert text not null, rule text not null, data text not null
  ) strict;
  create index transitions_at on transitions (at);
  create index transitions_alert on transitions (alert, at);
  create index transitions_rule on transitions (rule, at);

  create table silences (id text primary key, created real not null, ends real not null, data text not null) strict;

  create table acknowledgements (seq integer primary key autoincrement, data text not null) strict;

  -- due: null for one that is damaged and set aside. holds: those after it in its group wait for it.
  create table outbox (
    seq integer primary key, id text not null unique, receiver text not null, thread_group text not null,
    created real not null, due real, tries integer not null default 0, holds integer not null default 1,
    done text not null default '[]', refused text not null default '[]', why text, data text not null
  ) strict;
  create index outbox_due on outbox (due, receiver);
  create index outbox_receiver on outbox (receiver);
  create index outbox_group on outbox (receiver, thread_group);

  create table deliveries (seq integer primary key, notification text not null, at real not null, data text not null) strict;
  create index deliveries_at on deliveries (at);
  create index deliveries_notification on deliveries (notification, at);

  -- Which alerts a notification contains.
  create table notified (alert text not null, notification text not null, rule text not null, primary key (alert, notification))
    strict, without rowid;
  create index notified_notification on notified (notification);
  create index notified_rule on notified (rule, notification);

  create table secrets (name text primary key, value blob not null) strict;
  `,
  `
  -- document: compressed, null where there is none. expires: when it is forgotten.
  create table report_runs (
    seq integer primary key, id text not null unique, schedule text not null, part text not null, due real not null,
    at real not null, expires real not null, data text not null, document blob
  ) strict;
  create index report_runs_due on report_runs (due);
  create index report_runs_schedule on report_runs (schedule, part, seq);
  create index report_runs_expires on report_runs (expires);
  `,
  `
  -- When Visor ran, and how far that was noted.
  create table watched (since real primary key, seen real not null) strict, without rowid;
  `,
  `
  -- Who gets no more mails of a schedule of reports. address: in small letters.
  create table unsubscribed (schedule text not null, address text not null, at real not null, primary key (schedule, address))
    strict, without rowid;
  `,
  `
  -- Who may come in. hash: SHA-256 of the secret. used, seen: to the minute.
  create table tokens (
    name text primary key, hash blob not null, role text not null, created real not null, used real, expires real
  ) strict;
  -- token: of which it is, null for one by a link of the command line.
  create table sessions (
    seq integer primary key, hash blob not null, name text not null, role text not null, token text,
    created real not null, seen real not null, expires real not null
  ) strict;
  create index sessions_token on sessions (token);
  `,
  `
  -- What people did. key: of what was refused, what the same has in common.
  create table acts (seq integer primary key, at real not null, key text, data text not null) strict;
  create index acts_at on acts (at);
  create index acts_key on acts (key, at);
  `
]
