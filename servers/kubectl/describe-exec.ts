import type { Config } from '../../shared/config/schema.ts';
import { errnoOf, OpsError } from '../../shared/kernel/errors.ts';
import { maskText } from '../../shared/kernel/secrets.ts';
import { oneLine } from '../../shared/kernel/text.ts';
import type { DescribeArgs, KubectlDeps } from './deps.ts';

/** What kubectl needs and nothing else: no keys of the client, no plugins' settings. */
const PASSED_ON = [
  'PATH',
  'HOME',
  'KUBECONFIG',
  'KUBERNETES_SERVICE_HOST',
  'KUBERNETES_SERVICE_PORT',
  'LANG',
  'TMPDIR',
];

/** `kubectl describe` is the reference for describing any kind. Undefined where there is no kubectl. */
export function describeWith(
  config: () => Promise<Config['kubectl']>,
  env: NodeJS.ProcessEnv,
): KubectlDeps['describe'] {
  return async ({ resource, name, namespace }: DescribeArgs, signal) => {
    const { execa } = await import('execa');
    const { kubeconfig, context } = await config();
    const place = [
      kubeconfig && `--kubeconfig=${kubeconfig}`,
      context && `--context=${context}`,
      namespace && `--namespace=${namespace}`,
    ];
    const result = await execa(
      'kubectl',
      ['describe', ...place.filter((flag) => typeof flag === 'string'), '--', resource, name],
      {
        env: Object.fromEntries(PASSED_ON.map((key) => [key, env[key]])),
        extendEnv: false,
        reject: false,
        stdin: 'ignore',
        timeout: 20_000,
        maxBuffer: 2_000_000,
        cancelSignal: signal,
      },
    );
    signal.throwIfAborted();
    const code = errnoOf(result.cause);
    if (code === 'ENOENT' || code === 'EACCES') return undefined;
    // What is too long has been cut by execa: its start is the part that is wanted.
    if (result.exitCode === 0 || result.isMaxBuffer) return result.stdout;
    throw new OpsError(
      'rejected_by_backend',
      `kubectl describe failed: ${oneLine(maskText(result.stderr || 'no message'), 300)}.`,
      'See whether it works in a terminal.',
    );
  };
}
