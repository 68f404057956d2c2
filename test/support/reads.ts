import type { KubectlDeps } from '../../servers/kubectl/deps.ts';
import { describeWith } from '../../servers/kubectl/describe-exec.ts';
import type { Answer } from '../../shared/gate/call.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import type { Tool } from '../../shared/tool/define.ts';
import { clusterFor } from './lab.ts';

/** A reading server's dependencies, as the user of a kubeconfig. */
export function depsFor(kubeconfig: string, rest: Partial<KubectlDeps> = {}): KubectlDeps {
  const describe = describeWith(async () => ({ kubeconfig }), process.env);
  return { cluster: clusterFor(kubeconfig), clock: systemClock, describe, ...rest };
}

/** Opens a reading tool as the gate does, resolves its actions, and runs it. */
export async function runRead(tool: Tool<KubectlDeps>, input: object, deps: KubectlDeps): Promise<Answer> {
  const signal = AbortSignal.timeout(90_000);
  const call = tool.open('kubectl', input, deps);
  await call.actions(signal);
  if (call.effect.kind !== 'read') throw new Error(`${tool.name} is no reading tool`);
  return call.effect.run(signal);
}

/** All that a model would read. */
export function whole({ text, data }: Answer): string {
  return `${text}\n${data ?? ''}`;
}
