import { arrayAt, at, isObject, stringAt } from '../kernel/json.ts';

const OPERATORS: Readonly<Record<string, string>> = { In: 'in', NotIn: 'notin' };

/** The label selector of a workload or Service as the API's query takes it; undefined where it has none. */
export function selectorOf(object: unknown): string | undefined {
  const selector = at(object, 'spec', 'selector');
  if (!isObject(selector)) return undefined;
  const structured = 'matchLabels' in selector || 'matchExpressions' in selector;
  const labels = Object.entries(structured ? (at(selector, 'matchLabels') ?? {}) : selector);
  const terms = [
    ...labels.map(([key, value]) => `${key}=${value}`),
    ...arrayAt(selector, 'matchExpressions').map(expression),
  ];
  return terms.length === 0 ? undefined : terms.join(',');
}

function expression(requirement: unknown): string {
  const key = stringAt(requirement, 'key') ?? '';
  const operator = stringAt(requirement, 'operator') ?? '';
  if (operator === 'DoesNotExist') return `!${key}`;
  const word = OPERATORS[operator];
  return word === undefined ? key : `${key} ${word} (${arrayAt(requirement, 'values').join(',')})`;
}
