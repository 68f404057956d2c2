import { join } from 'node:path';
import { parse } from 'yaml';
import { readConfig } from '../../shared/config/config.ts';
import { messageOf } from '../../shared/kernel/errors.ts';
import { arrayAt, stringAt } from '../../shared/kernel/json.ts';
import type { Context } from '../context.ts';
import { readText } from '../files.ts';
import type { Finding } from './finding.ts';

/** Whether there is a kubeconfig with the context that the kubectl server will use. It connects to nothing. */
export async function kubeconfig({ paths, env, homeFolder }: Context): Promise<Finding> {
  const { kubectl } = await readConfig(paths.config);
  const usual = join(homeFolder, '.kube', 'config');
  const files = (kubectl.kubeconfig ?? (env.KUBECONFIG || usual)).split(':').filter(Boolean);
  const found = files.flatMap((file) => readYaml(file) ?? []);
  const cure =
    'Put the kubeconfig there, set KUBECONFIG, or name it in k8s-agent.yaml (kubectl.kubeconfig, kubectl.context).';
  if (found.length === 0) return { problem: `no kubeconfig at ${files.join(', ')}`, cure };
  const contexts = found
    .flatMap((content) => arrayAt(content, 'contexts'))
    .flatMap((entry) => stringAt(entry, 'name') ?? []);
  const wanted = kubectl.context ?? found.map((content) => stringAt(content, 'current-context')).find(Boolean);
  if (wanted === undefined) return { problem: `${files.join(', ')} has no current context`, cure };
  if (contexts.includes(wanted)) return { seen: `context ${wanted}` };
  return {
    problem: `there is no context "${wanted}" in ${files.join(', ')}; it has: ${contexts.join(', ') || 'none'}`,
    cure,
  };
}

function readYaml(file: string): unknown {
  const text = readText(file);
  try {
    return text === undefined ? undefined : parse(text);
  } catch (error) {
    throw new Error(`${file} is not YAML: ${messageOf(error)}`, { cause: error });
  }
}
