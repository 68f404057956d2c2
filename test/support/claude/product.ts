import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';
import type { LabInfo } from '../../../lab/index.ts';
import { kubectl } from '../../../lab/kubectl-exec.ts';
import type { AuditRecord } from '../../../shared/audit/record.ts';
import { pathsIn } from '../../../shared/kernel/paths.ts';
import { freshNamespace } from '../lab.ts';
import { removeNamespaces } from '../lab-objects.ts';
import { type ClientHome, makeClientHome } from './client-home.ts';
import { type HeadlessResult, runHeadless } from './headless-exec.ts';
import type { Scripts } from './script.ts';
import { type ScriptedModel, startScriptedModel } from './scripted-model.ts';
import { openTerminal, type Terminal } from './terminal-exec.ts';

const CLI = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url));

/** The whole product in front of the real client: installed by the CLI, with the lab's cluster behind it. */
export interface Product {
  readonly at: ClientHome;
  readonly model: ScriptedModel;
  readonly namespace: string;
  /** Of deployment `web`, which has 2. */
  replicas(): Promise<string>;
  records(): AuditRecord[];
  terminal(script: string, options?: RunOptions): Promise<Terminal>;
  headless(script: string, options?: RunOptions): Promise<HeadlessResult>;
  cli(...args: string[]): Promise<string>;
}

interface RunOptions {
  readonly args?: readonly string[];
  readonly env?: Record<string, string>;
  /** Of a headless run; a minute unless told. */
  readonly timeoutMs?: number;
}

export async function installProduct(
  claude: string,
  lab: LabInfo,
  scriptsFor: (namespace: string) => Scripts,
): Promise<Product> {
  const namespace = await freshNamespace(lab, 'claude');
  await kubectl(lab, [
    '-n',
    namespace,
    'create',
    'deployment',
    'web',
    '--image=registry.example.invalid/web:1',
    '--replicas=2',
  ]);
  const at = await makeClientHome();
  const model = await startScriptedModel(scriptsFor(namespace));
  onTestFinished(async () => {
    await model.stop();
    await at.remove();
    // Pods that nobody needs any more would fill the nodes.
    await removeNamespaces(lab, namespace);
  });
  const cli = async (...args: string[]) => {
    const env = { HOME: at.home, PATH: '/usr/bin:/bin', KUBECONFIG: lab.kubeconfig };
    const { all, exitCode } = await execa(process.execPath, [CLI, '--home', at.claude, ...args], {
      env,
      extendEnv: false,
      all: true,
      reject: false,
    });
    if (exitCode !== 0) throw new Error(`k8s-agent ${args.join(' ')} ended with ${exitCode}:\n${all}`);
    return all;
  };
  await cli('install', '--yes');
  const base = (script: string, { args = [], env = {}, ...rest }: RunOptions) => ({
    ...rest,
    claude,
    at,
    modelUrl: model.url,
    prompt: `[[script:${script}]] Do it.`,
    args,
    env: { KUBECONFIG: lab.kubeconfig, ...env },
  });
  return {
    at,
    model,
    namespace,
    cli,
    replicas: () => kubectl(lab, ['-n', namespace, 'get', 'deployment', 'web', '-o', 'jsonpath={.spec.replicas}']),
    records: () => recordsIn(pathsIn(at.claude).actionLogs),
    headless: (script, options = {}) => runHeadless({ timeoutMs: 60_000, ...base(script, options) }),
    terminal: async (script, options = {}) => {
      const terminal = await openTerminal(base(script, options));
      onTestFinished(terminal.stop);
      return terminal;
    },
  };
}

function recordsIn(folder: string): AuditRecord[] {
  const lines = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}
