import type { Alert } from '../../shared/workflow/events.ts';

/** Characters of a label's value, of an annotation, and of every other text. Those of kube-prometheus have 400 at the most. */
const LABEL = 1_000;
const ANNOTATION = 4_000;
const TEXT = 2_000;

/** Labels, or annotations, of one alert. */
const ENTRIES = 100;

/**
 * An alert as it is kept. Whoever writes metrics writes its labels, of any length and number: cut is better than refused,
 * since Alertmanager sends nothing again that was, the other alerts of the same group neither.
 */
export function sized({ labels, annotations, ...texts }: Alert): Alert {
  const { status, startsAt, endsAt, generatorURL, fingerprint } = texts;
  return {
    labels: cut(labels, LABEL),
    annotations: cut(annotations, ANNOTATION),
    status: short(status, TEXT),
    startsAt: short(startsAt, TEXT),
    endsAt: short(endsAt, TEXT),
    generatorURL: short(generatorURL, TEXT),
    fingerprint: short(fingerprint, TEXT),
  };
}

function cut(record: Alert['labels'], most: number): Alert['labels'] {
  const entries = Object.entries(record).slice(0, ENTRIES);
  return Object.fromEntries(entries.map(([name, value]) => [short(name, LABEL), short(value, most)]));
}

/** Half of a character outside of the basic plane would be none, and nothing that has one can be hashed. */
function short(text: string, most: number): string {
  return (text.length <= most ? text : text.slice(0, most).replace(/[\ud800-\udbff]$/, '')).toWellFormed();
}
