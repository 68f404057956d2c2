import { OpsError } from '../../shared/kernel/errors.ts';
import type { Labels } from './series.ts';
import { describeMatcher, type Matcher } from './silences.ts';

/** A matcher that can be tried on labels as Alertmanager would try it. */
export interface Trial {
  readonly matcher: Matcher;
  /** Whether the pattern fits a value, whatever the sign says. */
  readonly fits: (value: string) => boolean;
}

/** Patterns are RE2, as Alertmanager's: they run in linear time, so that none hangs us. */
export async function trialsOf(matchers: readonly Matcher[]): Promise<readonly Trial[]> {
  const { RE2JS } = await import('re2js');
  return matchers.map((matcher) => {
    if (!matcher.isRegex) return { matcher, fits: (value) => value === matcher.value };
    try {
      const pattern = RE2JS.compile(matcher.value);
      return { matcher, fits: (value) => pattern.matches(value) };
    } catch (error) {
      throw new OpsError(
        'invalid_input',
        `${describeMatcher(matcher)} is no regular expression.`,
        'Alertmanager takes RE2: no lookaround and no backreferences.',
        { cause: error },
      );
    }
  });
}

/** A label that is not there counts as an empty one. */
export function wouldMute(trials: readonly Trial[], labels: Labels): boolean {
  return trials.every(({ matcher, fits }) => fits(labels[matcher.name] ?? '') === matcher.isEqual);
}

/** Labels that hundreds of alerts share: by them alone a silence is nearly everything. */
const BROAD = [
  'severity',
  'cluster',
  'prometheus',
  'prometheus_replica',
  'job',
  'team',
  'environment',
  'env',
  'region',
];

/** Values that have nothing in common: a pattern that takes one of them says nothing about a label. */
const ANYTHING = ['', 'q', 'zq-7', '42', 'Some/Other.Value_9', 'x'.repeat(60)];

/** Refuses a silence that would mute everything, or everything of a kind that is not one problem. */
export function demandNarrow(trials: readonly Trial[]): void {
  if (trials.some((trial) => !BROAD.includes(trial.matcher.name) && narrows(trial))) return;
  throw new OpsError(
    'invalid_input',
    'These matchers would mute far more than one problem.',
    `Name what it is about by a matcher that says what a label is, as alertname="..." or namespace="..."; ${BROAD.slice(0, 3).join(', ')} and the like are not enough alone.`,
  );
}

function narrows({ matcher, fits }: Trial): boolean {
  return matcher.isEqual && !ANYTHING.some(fits);
}
