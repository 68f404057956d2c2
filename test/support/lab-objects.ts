import type { LabInfo } from '../../lab/index.ts';
import { kubectl } from '../../lab/kubectl-exec.ts';
import { aDeployment } from './workloads.ts';

/** One manifest of many objects, as JSON documents. */
export const manifestOf = (...objects: object[]) => objects.map((object) => JSON.stringify(object)).join('\n---\n');

/** Creates or changes objects as a person with kubectl would. */
export const createObjects = (lab: LabInfo, ...objects: object[]) =>
  kubectl(lab, ['apply', '--server-side', '-f', '-'], manifestOf(...objects));

/** A JSONPath of what is there; empty where there is nothing. */
export const readField = (lab: LabInfo, namespace: string, what: string, path: string) =>
  kubectl(lab, ['get', what, `--namespace=${namespace}`, `--output=jsonpath=${path}`, '--ignore-not-found']);

/** A Deployment whose pods run, as the tools' arguments name it. */
export async function readyDeployment(
  lab: LabInfo,
  namespace: string,
  name: string,
  change?: Parameters<typeof aDeployment>[2],
) {
  await createObjects(lab, aDeployment(name, namespace, change));
  await kubectl(lab, ['rollout', 'status', `deployment/${name}`, `--namespace=${namespace}`, '--timeout=40s']);
  return { kind: 'deploy', name, namespace };
}

/** For the end of a file: nobody waits for what is in them. */
export const removeNamespaces = (lab: LabInfo, ...namespaces: string[]) =>
  kubectl(lab, ['delete', 'namespace', ...namespaces, '--ignore-not-found', '--wait=false']);
