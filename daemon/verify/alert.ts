import { z } from 'zod';
import type { Rest } from '../../shared/http/rest.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import type { Labels } from '../../shared/workflow/definition.ts';
import { keyOf, ownerOf } from '../incidents/owner.ts';
import type { Sources } from '../status/sources.ts';
import type { Sight } from './sight.ts';

const labels = z.record(z.string(), z.string());
const silences = z.object({ silencedBy: z.array(z.string()).default([]) });
const ofAlertmanager = z.array(z.object({ labels, status: silences.prefault({}) }));
const ofPrometheus = z.object({ data: z.object({ alerts: z.array(z.object({ labels, state: z.string() })) }) });

interface Firing {
  readonly labels: Labels;
  readonly silenced: boolean;
}

type Backends = Pick<Sources, 'alertmanager' | 'prometheus'>;

/**
 * Whether an alert with this name about the same workload fires: after a change the pods have other names, and one that
 * crashes as before is no cure. Neither is a silence.
 */
export async function seeAlert(sources: Backends, about: Labels, signal: AbortSignal): Promise<Sight> {
  const name = about.alertname ?? 'an alert without a name';
  const key = keyOf(await ownerOf(about));
  const { by, all } = await firing(sources, about.alertname, signal);
  const same: Firing[] = [];
  for (const alert of all)
    if (alert.labels.alertname === about.alertname && keyOf(await ownerOf(alert.labels)) === key) same.push(alert);
  if (same.length === 0) return { state: 'well', text: `${name} does not fire any more, by ${by}.` };
  const whose = same.flatMap(({ labels: { pod, node } }) => pod ?? node ?? []);
  const silent = same.some(({ silenced }) => silenced) ? '; a silence keeps it quiet, and cures nothing' : '';
  const where = whose.length === 0 ? '' : ` for ${whose.slice(0, 5).join(', ')}`;
  const more = whose.length > 5 ? ` and ${whose.length - 5} more` : '';
  return { state: 'ill', text: `${name} still fires${where}${more}, by ${by}${silent}.` };
}

/** By Alertmanager; where that is not set up or does not answer, by Prometheus, whose rules the alerts come from. */
async function firing({ alertmanager, prometheus }: Backends, name: string | undefined, signal: AbortSignal) {
  try {
    return { by: 'Alertmanager', all: await fromAlertmanager(alertmanager, name, signal) };
  } catch (first) {
    const all = await fromPrometheus(prometheus, signal).catch((second: unknown) =>
      Promise.reject(both(first, second)),
    );
    return { by: 'Prometheus', all };
  }
}

async function fromAlertmanager(rest: Rest, name: string | undefined, signal: AbortSignal): Promise<readonly Firing[]> {
  const all = { active: true, silenced: true, inhibited: true, unprocessed: true };
  const query = name === undefined ? all : { ...all, filter: `alertname=${JSON.stringify(name)}` };
  const answer = await rest.get({ path: '/api/v2/alerts', query, what: 'alerts' }, signal);
  return parsed(ofAlertmanager, answer, 'Alertmanager').map(({ labels, status }) => ({
    labels,
    silenced: status.silencedBy.length > 0,
  }));
}

async function fromPrometheus(rest: Rest, signal: AbortSignal): Promise<readonly Firing[]> {
  const answer = await rest.get({ path: '/api/v1/alerts', what: 'alerts' }, signal);
  const { alerts } = parsed(ofPrometheus, answer, 'Prometheus').data;
  return alerts.flatMap(({ labels, state }) => (state === 'firing' ? [{ labels, silenced: false }] : []));
}

/** An answer that is no list of alerts must not look like an empty one. */
function parsed<T>(schema: z.ZodType<T>, answer: unknown, backend: string): T {
  const { success, data } = schema.safeParse(answer);
  if (success) return data;
  const hint = `Check that its address is that of ${backend} itself.`;
  throw new OpsError('rejected_by_backend', `alerts: ${backend} answered something else than a list of alerts.`, hint);
}

function both(first: unknown, second: unknown): unknown {
  if (!(first instanceof OpsError)) return first;
  if (!(second instanceof OpsError)) return second;
  return new OpsError(second.code, `${first.message} ${second.message}`, second.hint, { cause: second });
}
