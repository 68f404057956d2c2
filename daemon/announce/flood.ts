import { digest } from '../../shared/kernel/digest.ts';
import type { IncidentNews, Of } from './run-news.ts';
import { highest } from './severity.ts';

/** Several messages of one kind as one. */
export function together(news: readonly IncidentNews[], link?: string): IncidentNews | undefined {
  const [first] = news;
  if (first === undefined || news.length === 1) return first;
  const { workflow: _, link: __, ...common } = first;
  const all = {
    ...common,
    id: `${first.kind} ${digest(news.map(({ id }) => id))}`,
    severity: highest(news.map(({ severity }) => severity)),
    // With one that is in none, all of it passes every filter.
    namespaces: news.some(({ namespaces }) => namespaces.length === 0)
      ? []
      : [...new Set(news.flatMap((one) => one.namespaces))],
    incident: `${news.length} of them: ${news.map(({ incident }) => incident).join(', ')}`,
    ...(link !== undefined && { link }),
  };
  const alerts = [...new Set(news.flatMap(alertsOf))];
  if (all.kind === 'incident-opened') return { ...all, alerts };
  if (all.kind === 'incident-worse') return worseTogether(all, news, alerts);
  const closed = news.filter((one) => one.kind === 'incident-closed');
  const left = closed.filter(({ remains }) => remains !== undefined);
  const { remains: ___, ...rest } = all;
  return {
    ...rest,
    openedAt: Math.min(...closed.map(({ openedAt }) => openedAt)),
    outcome: [...Map.groupBy(closed, ({ outcome }) => outcome)].map(([text, of]) => `${of.length} ${text}`).join('; '),
    ...(left.length > 0 && { remains: `alerts of ${left.map(({ incident }) => incident).join(', ')} still fire` }),
  };
}

function alertsOf(news: IncidentNews): readonly string[] {
  return news.kind === 'incident-closed' ? [] : news.alerts;
}

function worseTogether(
  { before: _, ...all }: Of<'incident-worse'>,
  news: readonly IncidentNews[],
  alerts: readonly string[],
): Of<'incident-worse'> {
  return {
    ...all,
    alerts,
    openedAt: Math.min(...news.map((one) => ('openedAt' in one ? one.openedAt : all.openedAt))),
  };
}
