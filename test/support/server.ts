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
  const bundle = fileURLToPath(new URL(`../../dist/${faultPoint ? 'test/' : ''}kubectl.js`, import.meta.url));
  return {
    command: process.execPath,
    args: [...NODE_FLAGS, bundle],
    env: {
      PATH: '/usr/bin:/bin',
      HOME: join(home, '..'),
      KUBECONFIG: kubeconfig,
      K8S_AGENT_HOME: home,
      ...(faultPoint && { K8S_AGENT_FAULT_POINT: faultPoint }),
    },
  };
}
