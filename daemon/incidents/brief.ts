import type { Alert } from '../../shared/workflow/events.ts';

/** Bytes of an alert at most: kube-prometheus’ have about a thousand. */
const MOST = 4_096;

/** Characters of a text, and entries of a record, from what is hardly cut to what always fits. */
const CUTS = [
  [500, 20],
  [100, 20],
  [20, 10],
] as const;

/** The alert, cut where it is longer than anybody reads: many of them have to fit into one document. */
export function brief(alert: Alert): Alert {
  let short = alert;
  for (const [length, entries] of CUTS) {
    if (isBrief(short)) break;
    short = cut(alert, length, entries);
  }
  return short;
}

function isBrief(alert: Alert): boolean {
  return Buffer.byteLength(JSON.stringify(alert)) <= MOST;
}

function cut({ labels, annotations, ...texts }: Alert, length: number, entries: number): Alert {
  const { status, startsAt, endsAt, generatorURL, fingerprint } = texts;
  const short = (text: string) => text.slice(0, length).replace(/[\ud800-\udbff]$/, '');
  const shorter = (record: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(record)
        .slice(0, entries)
        .map(([name, text]) => [short(name), short(text)]),
    );
  return {
    labels: shorter(labels),
    annotations: shorter(annotations),
    status: short(status),
    startsAt: startsAt.slice(0, 40),
    endsAt: endsAt.slice(0, 40),
    generatorURL: short(generatorURL),
    fingerprint: fingerprint.slice(0, 64),
  };
}
