import { path } from '../../shared/http/path.ts';
import type { Rest } from '../../shared/http/rest.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { arrayAt, at, isObject, stringAt } from '../../shared/kernel/json.ts';
import { oneLine } from '../../shared/kernel/text.ts';

export interface Matcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  /** False: the label must not have the value. */
  readonly isEqual: boolean;
}

/** `alertname="KubePodCrashLooping"`, `namespace=~"team-.*"`, `severity!=none`, as Alertmanager writes matchers. */
export function parseMatcher(text: string): Matcher {
  const match = /^\s*(?<name>[a-zA-Z_]\w*)\s*(?<sign>=~|!~|!=|=)\s*(?<value>"(?:[^"\\]|\\.)*"|[^"\s][^"]*)\s*$/.exec(
    text,
  );
  const { name, sign, value } = match?.groups ?? {};
  if (name === undefined || sign === undefined || value === undefined) {
    throw new OpsError(
      'invalid_input',
      `${JSON.stringify(text)} is no matcher.`,
      'Write label="value", label!="value", label=~"regex" or label!~"regex".',
    );
  }
  return { name, value: unquoted(value), isRegex: sign.endsWith('~'), isEqual: sign.startsWith('=') };
}

function unquoted(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value.trim();
}

export function describeMatcher({ name, value, isRegex, isEqual }: Matcher): string {
  const sign = isEqual ? (isRegex ? '=~' : '=') : isRegex ? '!~' : '!=';
  return `${name}${sign}${JSON.stringify(value)}`;
}

export interface Silence {
  readonly id: string;
  readonly state: string;
  readonly matchers: readonly Matcher[];
  readonly endsAt: string;
  readonly by: string;
  readonly comment: string;
}

export async function listSilences(alertmanager: Rest, signal: AbortSignal): Promise<readonly Silence[]> {
  const answer = await alertmanager.get({ path: path`/api/v2/silences`, what: 'silences' }, signal);
  return (Array.isArray(answer) ? answer.filter(isObject) : []).map(asSilence);
}

function asSilence(value: unknown): Silence {
  return {
    id: stringAt(value, 'id') ?? '',
    state: stringAt(value, 'status', 'state') ?? '',
    matchers: arrayAt(value, 'matchers').map((one) => ({
      name: stringAt(one, 'name') ?? '',
      value: stringAt(one, 'value') ?? '',
      isRegex: at(one, 'isRegex') === true,
      isEqual: at(one, 'isEqual') !== false,
    })),
    endsAt: stringAt(value, 'endsAt') ?? '',
    by: oneLine(stringAt(value, 'createdBy') ?? '', 60),
    comment: oneLine(stringAt(value, 'comment') ?? '', 200),
  };
}

/** The one silence that an id, or its beginning, names. */
export async function findSilence(alertmanager: Rest, id: string, signal: AbortSignal): Promise<Silence> {
  const all = (await listSilences(alertmanager, signal)).filter(({ state }) => state !== 'expired');
  const found = all.filter((silence) => silence.id.startsWith(id));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const what =
    found.length > 1 ? `${found.length} silences begin with ${id}` : `No silence that is in force has the id ${id}`;
  const known = all.map((silence) => silence.id.slice(0, 8)).join(', ') || 'none';
  throw new OpsError('not_found', `${what}.`, `In force: ${known}. See silences.`);
}
