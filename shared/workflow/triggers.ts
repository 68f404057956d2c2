import { RE2JS } from 're2js';
import { messageOf } from '../kernel/errors.ts';
import { cronProblem } from './cron.ts';
import type { Labels, Trigger } from './definition.ts';
import { nearest, type Problem } from './problem.ts';
import type { TriggerFile } from './schema.ts';
import type { Path, Source } from './source.ts';

const KINDS = ['manual', 'schedule', 'alert'] as const;

/** Both forms of the seed, a list and an object, as a list. Without a trigger a person starts it. */
export function triggersOf(trigger: TriggerFile | readonly TriggerFile[] | undefined): readonly Trigger[] {
  if (trigger === undefined) return [{ kind: 'manual' }];
  return isList(trigger) ? trigger.flatMap(triggersIn) : triggersIn(trigger);
}

function isList(trigger: TriggerFile | readonly TriggerFile[]): trigger is readonly TriggerFile[] {
  return Array.isArray(trigger);
}

function triggersIn({ type, manual, schedule, timezone, alert, match, match_re }: TriggerFile): readonly Trigger[] {
  const found: Trigger[] = [];
  if (manual === true || type === 'manual') found.push({ kind: 'manual' });
  if (schedule !== undefined) {
    const { cron, timezone: own } = typeof schedule === 'string' ? { cron: schedule, timezone } : schedule;
    found.push({ kind: 'schedule', cron, timezone: own ?? timezone ?? 'UTC' });
  }
  if (type === 'alert' || alert !== undefined) {
    found.push({ kind: 'alert', match: { ...match, ...alert?.match }, matchRe: { ...match_re, ...alert?.match_re } });
  }
  return found;
}

/** Whether an alert with these labels starts it: every label has its value, and every expression fits the whole of one. */
export function matchesAlert({ match, matchRe }: Extract<Trigger, { kind: 'alert' }>, labels: Labels): boolean {
  return (
    Object.entries(match).every(([label, value]) => (labels[label] ?? '') === value) &&
    Object.entries(matchRe).every(([label, expression]) => RE2JS.matches(expression, labels[label] ?? ''))
  );
}

export function triggerProblems(
  source: Source,
  trigger: TriggerFile | readonly TriggerFile[] | undefined,
): readonly Problem[] {
  if (trigger === undefined) return [];
  if (!isList(trigger)) return oneTrigger(source, ['trigger'], trigger);
  return trigger.flatMap((item, index) => oneTrigger(source, ['trigger', index], item));
}

function oneTrigger(source: Source, path: Path, trigger: TriggerFile): readonly Problem[] {
  const bad: Bad = (key, reason, hint) => [source.problem([...path, ...key], reason, hint)];
  return [...kindProblems(trigger, bad), ...scheduleProblems(trigger, bad), ...matchProblems(trigger, bad)];
}

type Bad = (key: Path, reason: string, hint?: string) => readonly Problem[];

function kindProblems({ type, manual, schedule, alert, match, match_re }: TriggerFile, bad: Bad): readonly Problem[] {
  const matchers = { ...match, ...match_re, ...alert?.match, ...alert?.match_re };
  if (type === 'schedule' && schedule === undefined)
    return bad(['type'], 'a trigger of type schedule has no schedule', 'Write schedule: "0 */6 * * *".');
  if (type === 'alert' || alert !== undefined) {
    return Object.keys(matchers).length > 0
      ? []
      : bad([], 'it would start on every alert', 'Write match: { alertname: NAME }.');
  }
  if ((match ?? match_re) !== undefined)
    return bad([match ? 'match' : 'match_re'], 'only a trigger of type alert matches labels', 'Write type: alert.');
  const starts = type !== undefined || manual === true || schedule !== undefined;
  return starts ? [] : bad([], 'it never starts anything', `Valid: ${KINDS.join(', ')}.`);
}

function scheduleProblems({ schedule, timezone }: TriggerFile, bad: Bad): readonly Problem[] {
  const inner = typeof schedule === 'object' ? schedule : undefined;
  const cron = typeof schedule === 'string' ? schedule : inner?.cron;
  const wrong = cron === undefined ? undefined : cronProblem(cron);
  const zoned = (key: Path, zone: string | undefined) =>
    zone === undefined || isTimezone(zone)
      ? []
      : bad(key, `unknown timezone "${zone}"`, nearest(zone, Intl.supportedValuesOf('timeZone')));
  return [
    ...(wrong === undefined
      ? []
      : bad(
          inner ? ['schedule', 'cron'] : ['schedule'],
          `schedule "${cron}": ${wrong}`,
          'Five fields: minute hour day-of-month month day-of-week.',
        )),
    ...zoned(['timezone'], timezone),
    ...zoned(['schedule', 'timezone'], inner?.timezone),
  ];
}

function matchProblems({ alert, match_re }: TriggerFile, bad: Bad): readonly Problem[] {
  const check = (path: Path, expressions: Labels | undefined) =>
    Object.entries(expressions ?? {}).flatMap(([label, expression]) => {
      const wrong = expressionProblem(expression);
      return wrong === undefined
        ? []
        : bad([...path, label], `"${expression}" is no regular expression (RE2): ${wrong}`);
    });
  return [...check(['match_re'], match_re), ...check(['alert', 'match_re'], alert?.match_re)];
}

function expressionProblem(expression: string): string | undefined {
  try {
    RE2JS.compile(expression);
    return undefined;
  } catch (error) {
    return messageOf(error).replace(/^error parsing regexp: /, '');
  }
}

function isTimezone(zone: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** `manual`, `0 6 * * 1 (UTC)`, `alert alertname=KubePodNotReady namespace=~"shop-.+"` */
export function triggerText(trigger: Trigger): string {
  if (trigger.kind === 'manual') return 'manual';
  if (trigger.kind === 'schedule') return `${trigger.cron} (${trigger.timezone})`;
  const labels = Object.entries(trigger.match).map(([label, value]) => `${label}=${value}`);
  const expressions = Object.entries(trigger.matchRe).map(([label, value]) => `${label}=~"${value}"`);
  return ['alert', ...labels, ...expressions].join(' ');
}
