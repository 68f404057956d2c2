import { z } from 'zod';
import { argocdApi } from '../../lab/gitops/api.ts';
import type { WholeLabInfo } from '../../lab/index.ts';

const vector = z.object({
  data: z.object({
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
  }),
});

/** What Prometheus answers to an instant query: labels and value. */
export async function query({ prometheus }: WholeLabInfo, promql: string, at = Date.now()) {
  const asked = new URLSearchParams({ query: promql, time: String(at / 1000) });
  const response = await fetch(`${prometheus.url}/api/v1/query?${asked}`);
  const { data } = vector.parse(await response.json());
  return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

const alertList = z.array(z.object({ labels: z.record(z.string(), z.string()) }));

/** The labels of the alerts that are active in Alertmanager: rules of Prometheus that fire, inhibited ones among them. */
export async function alerts({ alertmanager }: WholeLabInfo) {
  const response = await fetch(`${alertmanager.url}/api/v2/alerts?active=true&silenced=false&inhibited=true`);
  return alertList.parse(await response.json()).map(({ labels }) => labels);
}

const application = z.object({
  status: z.object({
    sync: z.object({ status: z.string(), revision: z.string().optional() }),
    health: z.object({ status: z.string() }),
    operationState: z.object({ phase: z.string(), message: z.string().optional() }).optional(),
  }),
});

/** What Argo CD says of an application. */
export async function app({ argocd }: WholeLabInfo, name: string) {
  const { status } = application.parse(await (await argocdApi(argocd)).call('GET', `/applications/${name}`));
  return { sync: status.sync.status, health: status.health.status, operation: status.operationState };
}
