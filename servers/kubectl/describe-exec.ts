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
  return async (target, signal) => {
    const { execa } = await import('execa');
    const result = await execa('kubectl', argumentsFor(target, await config()), {
      env: Object.fromEntries(PASSED_ON.map((key) => [key, env[key]])),
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
      timeout: 20_000,
      maxBuffer: 2_000_000,
      cancelSignal: signal,
    });
    signal.throwIfAborted();
    const code = errnoOf(result.cause);
    if (code === 'ENOENT' || code === 'EACCES') return undefined;
    // What is too long has been cut by execa: its start is the part that is wanted.
    if (result.exitCode === 0 || result.isMaxBuffer) return result.stdout;
    throw failed(result.stderr, result.timedOut);
  };
}

/** Every value is one argument; the positionals stand behind `--`, so that none can be a flag. */
function argumentsFor({ resource, name, namespace }: DescribeArgs, { kubeconfig, context }: Config['kubectl']) {
  const flags = [
    kubeconfig && `--kubeconfig=${kubeconfig}`,
    context && `--context=${context}`,
    namespace && `--namespace=${namespace}`,
  ];
  return ['describe', ...flags.filter((flag) => typeof flag === 'string'), '--', resource, name];
}

function failed(stderr: string | undefined, timedOut: boolean): OpsError {
  const said = timedOut ? 'no answer within 20 s' : oneLine(maskText(stderr || 'no message'), 300).replace(/\.$/, '');
  return new OpsError(
    'rejected_by_backend',
    `kubectl describe failed: ${said}.`,
    'See whether it works in a terminal.',
  );
}
