import { RE2JS } from 're2js';
import { messageOf } from '../kernel/errors.ts';
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
  const problems: Problem[] = [];
  const bad = (key: string, reason: string, hint?: string) =>
    problems.push(source.problem([...path, ...key.split('.').filter(Boolean)], reason, hint));
  const { type, manual, schedule, timezone, alert, match, match_re } = trigger;
  if (type === 'schedule' && schedule === undefined)
    bad('type', 'a trigger of type schedule has no schedule', 'Write schedule: "0 */6 * * *".');
  const matchers = { ...match, ...match_re, ...alert?.match, ...alert?.match_re };
  const isAlert = type === 'alert' || alert !== undefined;
  if (isAlert && Object.keys(matchers).length === 0)
    bad('', 'it would start on every alert', 'Write match: { alertname: NAME }.');
  if (!isAlert && (match ?? match_re) !== undefined)
    bad(match ? 'match' : 'match_re', 'only a trigger of type alert matches labels', 'Write type: alert.');
  if (!isAlert && type === undefined && manual !== true && schedule === undefined)
    bad('', 'it never starts anything', `Valid: ${KINDS.join(', ')}.`);
  const cron = typeof schedule === 'string' ? schedule : schedule?.cron;
  const cronKey = typeof schedule === 'string' ? 'schedule' : 'schedule.cron';
  const wrongCron = cron === undefined ? undefined : cronProblem(cron);
  if (wrongCron !== undefined)
    bad(cronKey, `schedule "${cron}": ${wrongCron}`, 'Five fields: minute hour day-of-month month day-of-week.');
  const inner = typeof schedule === 'object' ? schedule.timezone : undefined;
  for (const [key, zone] of [
    ['timezone', timezone],
    ['schedule.timezone', inner],
  ] as const) {
    if (zone !== undefined && !isTimezone(zone))
      bad(key, `unknown timezone "${zone}"`, nearest(zone, Intl.supportedValuesOf('timeZone')));
  }
  for (const [key, expressions] of [
    ['match_re', match_re],
    ['alert.match_re', alert?.match_re],
  ] as const) {
    for (const [label, expression] of Object.entries(expressions ?? {})) {
      const wrong = expressionProblem(expression);
      if (wrong !== undefined) bad(`${key}.${label}`, `"${expression}" is no regular expression (RE2): ${wrong}`);
    }
  }
  return problems;
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

const NAMES = 'jan feb mar apr may jun jul aug sep oct nov dec sun mon tue wed thu fri sat'.split(' ');
const FIELDS = [
  ['minute', 0, 59],
  ['hour', 0, 23],
  ['day of month', 1, 31],
  ['month', 1, 12],
  ['day of week', 0, 7],
] as const;

/** What is wrong with a cron expression, or undefined. The daemon's scheduler reads the same five fields. */
function cronProblem(cron: string): string | undefined {
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== FIELDS.length) return `${fields.length} fields instead of 5`;
  for (const [index, [name, min, max]] of FIELDS.entries()) {
    const parts = (fields[index] ?? '').toLowerCase().split(',');
    const wrong = parts.find((part) => !validPart(part, min, max));
    if (wrong !== undefined) return `"${wrong}" is no ${name} (${min} to ${max})`;
  }
  return undefined;
}

function validPart(part: string, min: number, max: number): boolean {
  const found = /^(\*|[\da-z]+)(?:-([\da-z]+))?(?:\/([1-9]\d*))?$/.exec(part);
  if (found === null) return false;
  return [found[1], found[2]].every((value) => {
    if (value === undefined || value === '*' || NAMES.includes(value)) return true;
    return /^\d+$/.test(value) && Number(value) >= min && Number(value) <= max;
  });
}
