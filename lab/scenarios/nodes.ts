import { z } from 'zod';
import { kubectl, type Target } from '../kubectl-exec.ts';
import type { Scenario } from './scenario.ts';

const NODE = 'pi5-b';
const FAULT = 'lab.kwok/fault';

export const nodeDown: Scenario = {
  about: `the kubelet of ${NODE} falls silent`,
  break: async (lab) => {
    await kubectl(lab, ['label', 'node', NODE, `${FAULT}=NotReady`, '--overwrite']);
    await kubectl(lab, ['wait', '--for=condition=Ready=Unknown', 'node', NODE, '--timeout=60s']);
    await markPods(lab, 'True', 'False');
    return `node ${NODE} posts its status no more`;
  },
  heal: async (lab) => {
    await kubectl(lab, ['label', 'node', NODE, `${FAULT}-`]);
    await kubectl(lab, ['wait', '--for=condition=Ready', 'node', NODE, '--timeout=60s']);
    await markPods(lab, 'False', 'True');
    return `node ${NODE} posts its status again`;
  },
};

const podList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), namespace: z.string() }),
      status: z.object({
        conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
        containerStatuses: z.array(z.object({ ready: z.boolean() })).default([]),
      }),
    }),
  ),
});

/**
 * The pods of a node that nobody hears of count as not ready, whatever their containers do; of one that is back again
 * those do whose containers are. A cluster's node controller and kubelet say so; here nobody else does.
 */
async function markPods(lab: Target, from: 'True' | 'False', to: 'True' | 'False'): Promise<void> {
  const list = ['get', 'pods', '--all-namespaces', `--field-selector=spec.nodeName=${NODE}`, '--output=json'];
  const { items } = podList.parse(JSON.parse(await kubectl(lab, list)));
  const marked = items.filter(
    ({ status: { conditions, containerStatuses } }) =>
      conditions.some(({ type, status }) => type === 'Ready' && status === from) &&
      containerStatuses.every(({ ready }) => ready),
  );
  const status = { status: { conditions: [{ type: 'Ready', status: to }] } };
  const patch = ['--subresource=status', '--type=strategic', `--patch=${JSON.stringify(status)}`];
  const mark = ({ metadata }: (typeof marked)[number]) =>
    kubectl(lab, ['patch', 'pod', metadata.name, `--namespace=${metadata.namespace}`, ...patch]);
  await Promise.all(marked.map(mark));
}

const EXPORTER = { node: 'pi3', namespace: 'monitoring', label: 'app.kubernetes.io/name=node-exporter' };

export const targetDown: Scenario = {
  about: `the node exporter on ${EXPORTER.node} crashes, and nobody answers Prometheus there`,
  break: async (lab) => {
    const pod = await exporterPod(lab);
    await kubectl(lab, [
      'annotate',
      pod,
      `--namespace=${EXPORTER.namespace}`,
      `${FAULT}=CrashLoopBackOff`,
      '--overwrite',
    ]);
    return `${pod} in ${EXPORTER.namespace} on ${EXPORTER.node} crashes`;
  },
  heal: async (lab) => {
    const pod = await exporterPod(lab);
    await kubectl(lab, ['delete', pod, `--namespace=${EXPORTER.namespace}`]);
    return `${pod} in ${EXPORTER.namespace} is replaced`;
  },
};

async function exporterPod(lab: Target): Promise<string> {
  const { node, namespace, label } = EXPORTER;
  const where = [`--namespace=${namespace}`, `--selector=${label}`, `--field-selector=spec.nodeName=${node}`];
  const pod = (await kubectl(lab, ['get', 'pods', ...where, '--output=name'])).split('\n')[0];
  return pod || Promise.reject(new Error(`no node exporter runs on ${node}`));
}
