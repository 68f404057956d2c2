import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NODE_FLAGS } from '../../shared/boot/launch.ts';
import type { FaultPoint } from '../../shared/gate/ports.ts';
import { pathsIn } from '../../shared/kernel/paths.ts';
import type { ServerCommand } from './mcp/client.ts';

export interface ServerOptions {
  /** The `.claude` folder of this test. */
  readonly home: string;
  readonly kubeconfig: string;
  /** `autonomy` of settings.json. */
  readonly autonomy?: unknown;
  /** Where the test build kills itself. */
  readonly faultPoint?: FaultPoint;
}

/** The bundled kubectl server as a client starts it, with a clean environment. */
export function kubectlServer({ home, kubeconfig, autonomy, faultPoint }: ServerOptions): ServerCommand {
  mkdirSync(home, { recursive: true });
  if (autonomy !== undefined) writeFileSync(pathsIn(home).settings, JSON.stringify({ autonomy }));
  return bundledServer(faultPoint ? 'test/kubectl' : 'kubectl', home, {
    KUBECONFIG: kubeconfig,
    ...(faultPoint && { K8S_AGENT_FAULT_POINT: faultPoint }),
  });
}

/** One of the bundled servers as a client starts it: nothing of this environment reaches it but what is given. */
export function bundledServer(bundle: string, home: string, env: Readonly<Record<string, string>>): ServerCommand {
  mkdirSync(home, { recursive: true });
  return {
    command: process.execPath,
    args: [...NODE_FLAGS, fileURLToPath(new URL(`../../dist/${bundle}.js`, import.meta.url))],
    env: { PATH: '/usr/bin:/bin', HOME: join(home, '..'), K8S_AGENT_HOME: home, ...env },
  };
}
