import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parse, stringify } from 'yaml';
import { serverAccess } from '../../daemon/access/access.ts';
import type { LabInfo } from '../../lab/index.ts';
import { kubectl } from '../../lab/kubectl-exec.ts';
import { type KubeObject, nameOf } from '../../shared/cluster/objects.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { messageOf } from '../../shared/kernel/errors.ts';
import { isObject, stringAt } from '../../shared/kernel/json.ts';
import { tempFolder } from '../support/gate-rig.ts';
import { clusterFor } from '../support/lab.ts';
import { createObjects, manifestOf, removeNamespaces } from '../support/lab-objects.ts';
import { aDisk } from './disk.ts';
import { render } from './render.ts';

export const NAME = 'k8s-agent-daemon';

export interface DeployedDaemon {
  readonly namespace: string;
  readonly objects: readonly KubeObject[];
  /** Path of a kubeconfig of a ServiceAccount. */
  kubeconfigOf(account: string): Promise<string>;
  /** Path of the kubeconfig that the daemon hands to a server, by a token that it has asked for as itself. */
  accessOf(server: string): Promise<string>;
  remove(): Promise<void>;
}

/** For the daemon's claim in this namespace; it has its name. */
export function aDaemonsDisk(namespace: string) {
  const disk = aDisk(namespace);
  return { ...disk, spec: { ...disk.spec, capacity: { storage: '2Gi' }, claimRef: { namespace, name: NAME } } };
}

/** Deploys as a person does, beside every other test: with namespace and cluster-wide names of its own. */
export async function deployDaemon(lab: LabInfo, flavour: string): Promise<DeployedDaemon> {
  const namespace = `daemon-${Math.random().toString(36).slice(2, 8)}`;
  const objects = (await render(lab, { namespace, resources: [flavour] })).map((object) => renamed(object, namespace));
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  await createObjects(lab, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } });
  const disk = aDaemonsDisk(namespace);
  await createObjects(lab, disk);
  await kubectl(lab, ['apply', '--server-side', '--validate=strict', '-f', '-'], manifestOf(...objects));
  const kubeconfigOf = async (account: string) => {
    const token = await kubectl(lab, ['create', 'token', account, `--namespace=${namespace}`]);
    const config = parse(readFileSync(lab.readonlyKubeconfig, 'utf8'));
    config.users[0].user = { token };
    config.contexts[0].context.namespace = namespace;
    const file = join(tempFolder(), account);
    writeFileSync(file, stringify(config), { mode: 0o600 });
    return file;
  };
  return {
    namespace,
    objects,
    kubeconfigOf,
    accessOf: async (server) => accessOf(server, await kubeconfigOf(NAME)),
    remove: async () => {
      const everywhere = objects.filter(isEverywhere);
      await removeNamespaces(lab, namespace);
      await kubectl(lab, ['delete', '--ignore-not-found', '--wait=false', '-f', '-'], manifestOf(disk, ...everywhere));
    },
  };
}

async function accessOf(server: string, kubeconfig: string): Promise<string> {
  const env = {
    KUBERNETES_SERVICE_HOST: 'here',
    K8S_AGENT_ACCESS: tempFolder(),
    K8S_AGENT_KUBECTL_SERVICE_ACCOUNT: 'k8s-agent-kubectl',
    K8S_AGENT_GITEA_SERVICE_ACCOUNT: 'k8s-agent-gitea',
  };
  const log = (_: string, error: unknown) => expect.fail(messageOf(error));
  const access = serverAccess({ env, cluster: clusterFor(kubeconfig), clock: systemClock, log });
  await access?.renew(AbortSignal.timeout(20_000));
  return access?.environment(server).KUBECONFIG ?? '';
}

/** In no namespace. (kustomize gives one to kinds that it does not know, and the API server passes over it.) */
export const isEverywhere = ({ kind }: KubeObject): boolean =>
  /^(ClusterRole|ValidatingAdmissionPolicy)(Binding)?$/.test(String(kind));

/** What is in no namespace is called after this one, and so is who names it. */
function renamed(object: KubeObject, namespace: string): KubeObject {
  if (!isEverywhere(object)) return object;
  const { metadata, roleRef, spec } = object;
  return {
    ...object,
    metadata: { ...Object(metadata), name: `${nameOf(object)}-${namespace}` },
    ...(isObject(roleRef) && { roleRef: { ...roleRef, name: `${roleRef.name}-${namespace}` } }),
    ...(stringAt(spec, 'policyName') !== undefined && {
      spec: { ...Object(spec), policyName: `${Object(spec).policyName}-${namespace}` },
    }),
  };
}
