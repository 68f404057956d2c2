import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { Users } from '../../dashboard/auth/users.ts';
import { openSqlite } from '../../shared/control-plane/sqlite/open.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { pathsIn } from '../../shared/kernel/paths.ts';
import { binFolder } from '../daemon/agent-rig.ts';
import type { Product } from '../support/claude/product.ts';
import { tempFolder } from '../support/gate-rig.ts';
import { channelSettings } from '../support/notify-rig.ts';
import type { FakeServices } from '../support/notify-services.ts';

const CLI = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

export interface UpOptions {
  readonly claude: string;
  readonly product: Product;
  readonly services: FakeServices;
  /** Of the backends. */
  readonly env: Readonly<Record<string, string>>;
  /** The only ones that are installed, by their file. */
  readonly workflows: Readonly<Record<string, string>>;
}

/** `k8s-agent up` as a person starts it, with messages for four services; it ends with the test. */
export async function startUp({ claude, product, services, env, workflows }: UpOptions) {
  const paths = pathsIn(product.at.claude);
  const secrets = tempFolder();
  rmSync(join(paths.workflows, 'incidents'), { recursive: true });
  mkdirSync(paths.workflows, { recursive: true });
  for (const [file, text] of Object.entries(workflows)) writeFileSync(join(paths.workflows, file), text);
  const webhookToken = 'alertmanager-token-0123456789abcdef';
  const tokenFile = join(secrets, 'alertmanager');
  writeFileSync(tokenFile, `${webhookToken}\n`, { mode: 0o600 });
  const channels = Object.values(channelSettings(services.origin, secrets));
  writeFileSync(paths.config, stringify({ notifications: { channels }, daemon: { verify: 3 } }));
  const running = execa(process.execPath, [CLI, '--home', paths.home, 'up', '--no-view', '--port', '0'], {
    env: {
      PATH: `${binFolder(claude, product.at.home)}:/usr/bin:/bin`,
      HOME: product.at.home,
      IS_SANDBOX: '1',
      ANTHROPIC_BASE_URL: product.model.url,
      ANTHROPIC_API_KEY: 'sk-ant-test-0000000000000000000000000000',
      ALERTMANAGER_TOKEN_FILE: tokenFile,
      ...env,
    },
    extendEnv: false,
    all: true,
    reject: false,
    forceKillAfterDelay: 60_000,
  });
  const lines: string[] = [];
  const found = Promise.withResolvers<string>();
  createInterface({ input: running.all }).on('line', (line) => {
    lines.push(line);
    const url = /The dashboard is at (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
    if (url !== undefined) found.resolve(url);
  });
  const stop = async () => {
    running.kill('SIGTERM');
    return (await running).exitCode;
  };
  onTestFinished(async () => void (await stop()));
  running.then(() => found.reject(new Error(`it ended:\n${lines.join('\n')}`)));
  return { url: await found.promise, webhookToken, lines, paths, stop };
}

/** A one-time link for a login, as `k8s-agent dashboard link` makes it. */
export async function setupLink(database: string, url: string): Promise<string> {
  const { documents, close } = openSqlite(database, systemClock);
  try {
    return `${url}/setup/${await new Users(documents, systemClock).link({ first: true })}`;
  } finally {
    await close();
  }
}
