import { maskText } from '../kernel/secrets.ts';
import { oneLine } from '../kernel/text.ts';
import type { Notification, NotificationKind, Severity } from './notification.ts';
import { shorten } from './shorten.ts';
import { duration, timeIn } from './times.ts';

/** A message as every service gets it: cleaned, and not yet escaped. */
export interface Content {
  readonly kind: NotificationKind;
  readonly severity: Severity;
  /** A few words of ours, with nothing to escape. */
  readonly title: string;
  readonly facts: readonly Fact[];
  readonly link?: { readonly label: string; readonly url: string };
}

/** `text` may come from outside: one line of at most `LONGEST` characters, without a secret. */
interface Fact {
  readonly label: string;
  readonly text: string;
}

/** All of a message's facts fit every service's limits at this length, most of them escaped, too. */
const LONGEST = 500;

const LABELS: Readonly<Record<NotificationKind, string>> = {
  'approval-wanted': 'Answer it',
  'incident-opened': 'See the run',
  'incident-worse': 'See the run',
  'incident-closed': 'See the run',
  'run-failed': 'See the run',
  'daemon-unhealthy': 'Open the dashboard',
  'daemon-healthy': 'Open the dashboard',
  test: 'Open the dashboard',
};

/** What a notification says at `now`, with times as clocks in `timezone` show them. */
export function contentOf(notification: Notification, now: number, timezone: string): Content {
  const { kind, severity, workflow, link } = notification;
  const [title, ...facts] = wordsOf(notification, now, timezone);
  const told = workflow === undefined ? facts : [...facts, ['Workflow', workflow] as const];
  return {
    kind,
    severity,
    title,
    facts: told.map(([label, text]) => ({ label, text: clean(text) })).filter(({ text }) => text !== ''),
    ...(link !== undefined && { link: { label: LABELS[kind], url: link } }),
  };
}

type Worse = Extract<Notification, { kind: 'incident-worse' }>;

type Words = readonly [title: string, ...facts: (readonly [label: string, text: string])[]];

function wordsOf(notification: Notification, now: number, timezone: string): Words {
  switch (notification.kind) {
    case 'approval-wanted':
      return approvalWords(notification, now, timezone);
    case 'incident-opened':
      return ['Incident opened', ['What', notification.incident], ['Alerts', notification.alerts.join('; ')]];
    case 'incident-worse':
      return worseWords(notification);
    case 'incident-closed': {
      const { incident, outcome, remains, openedAt, at } = notification;
      const facts = [
        ['What', incident],
        ['Outcome', outcome],
        ['Still there', remains ?? ''],
      ] as const;
      return [
        remains === undefined ? 'Incident closed' : 'Incident not solved',
        ...facts,
        ['Lasted', duration(at - openedAt)],
      ];
    }
    case 'run-failed': {
      const { run, step, reason } = notification;
      return ['Run failed', ['Reason', reason], ['Step', step ?? ''], ['Run', run]];
    }
    case 'daemon-unhealthy':
      return ['The daemon is unhealthy', ['Problem', notification.problem], ['What to do', notification.remedy]];
    case 'daemon-healthy': {
      const { problem, since, at } = notification;
      return [
        'The daemon is healthy again',
        ['It was', problem],
        ['Lasted', since === undefined ? '' : duration(at - since)],
      ];
    }
    case 'test':
      return ['Test', ['Channel', `${notification.channel}: messages arrive here.`]];
  }
}

function worseWords({ incident, alerts, severity, before, openedAt, at }: Worse): Words {
  return [
    'Incident is worse',
    ['What', incident],
    ['Alerts', alerts.join('; ')],
    ['Severity', before === undefined ? severity : `${severity}; it was ${before}`],
    ['Lasts', duration(at - openedAt)],
  ];
}

/** A message that was held up may come when its approval has expired: it then says so. */
function approvalWords(
  wanted: Extract<Notification, { kind: 'approval-wanted' }>,
  now: number,
  timezone: string,
): Words {
  const { approval, what, change, why, risk, expiresAt } = wanted;
  const when = timeIn(expiresAt, timezone);
  const open = now < expiresAt;
  return [
    open ? 'Approval wanted' : 'Approval was wanted, and its time is over',
    ['What', what.replaceAll('\n', '; ')],
    ['Change', change],
    ['Risk', risk],
    ['Why', why],
    [open ? 'Expires' : 'Expired', open ? `${when}, in ${duration(expiresAt - now)}` : when],
    ['Approval', approval],
  ];
}

/** An address from outside is broken up: no link leads anywhere but to the dashboard. */
function clean(text: string): string {
  return shorten(oneLine(maskText(text.toWellFormed()), Number.POSITIVE_INFINITY).replaceAll('://', '[:]//'), LONGEST);
}
