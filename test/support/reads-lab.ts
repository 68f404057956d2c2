import { breakWorkload } from '../../lab/faults.ts';
import type { LabInfo } from '../../lab/index.ts';
import { kubectl } from '../../lab/kubectl-exec.ts';
import type { KubectlDeps } from '../../servers/kubectl/deps.ts';
import type { Tool } from '../../shared/tool/define.ts';
import { freshNamespace, labForTests } from './lab.ts';
import { depsFor, runRead, whole } from './reads.ts';

/** A namespace with a healthy StatefulSet, a Secret, a Deployment that crashes and one that cannot be scheduled. */
export interface ReadsLab {
  readonly lab: LabInfo;
  readonly deps: KubectlDeps;
  readonly ns: string;
  /** All that a model would read of a tool's answer. */
  read(tool: Tool<KubectlDeps>, input: object, as?: KubectlDeps): Promise<string>;
  /** An input in the namespace. */
  inNs(rest: object): object;
  close(): Promise<unknown>;
}

export const PASSWORD = 'correct-horse-battery';

export const manifest = (replicas: number, password: string) => `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  serviceName: db
  replicas: ${replicas}
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec:
      containers:
        - name: pg
          image: registry.example.invalid/pg:16
          env: [{ name: DB_PASSWORD, value: ${PASSWORD} }]
          resources: { requests: { memory: 64Mi }, limits: { memory: 128Mi } }
        - { name: exporter, image: "registry.example.invalid/exporter:1" }
---
apiVersion: v1
kind: Secret
metadata: { name: creds }
stringData: { password: ${password}, user: admin }
`;

export async function readsLab(): Promise<ReadsLab> {
  const lab = await labForTests();
  const ns = await freshNamespace(lab, 'reads');
  const deps = depsFor(lab.kubeconfig);
  await kubectl(lab, ['apply', `--namespace=${ns}`, '-f', '-'], manifest(2, PASSWORD));
  await breakWorkload(lab, 'crashloop', ns);
  await breakWorkload(lab, 'pending', ns);
  await kubectl(lab, ['rollout', 'status', 'statefulset/db', `--namespace=${ns}`, '--timeout=60s']);
  const crashing = '--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=CrashLoopBackOff';
  await kubectl(lab, ['wait', 'pods', '--selector=app=crasher', `--namespace=${ns}`, crashing, '--timeout=60s']);
  return {
    lab,
    deps,
    ns,
    read: async (tool, input, as = deps) => whole(await runRead(tool, input, as)),
    inNs: (rest) => ({ namespace: ns, ...rest }),
    close: () => kubectl(lab, ['delete', 'namespace', ns, '--wait=false']),
  };
}

export const WIDGETS = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.reads.example.org }
spec:
  group: reads.example.org
  scope: Namespaced
  names: { plural: widgets, singular: widget, kind: Widget }
  versions:
    - name: v1
      served: true
      storage: true
      additionalPrinterColumns: [{ name: Colour, type: string, jsonPath: .spec.colour }]
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              required: [colour]
              properties: { colour: { type: string, description: What it looks like. } }
`;
