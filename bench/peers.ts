import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { WholeLabInfo } from '../lab/index.ts';
import type { ServerCommand } from '../test/support/mcp/client.ts';
import { connect2025 } from '../test/support/mcp/connect-2025.ts';
import { bundledServer } from '../test/support/server.ts';
import { measureStart, type Question } from './start.ts';
import { quantile, timed } from './statistics.ts';

/** A server and a question; the question of a group is the same for all in it, on the same backend. */
export interface Contender {
  readonly group: string;
  readonly name: string;
  /** Left out where its backend is none of the lab's. */
  readonly question?: Question;
  /** Installs it, or throws why it cannot be had here. */
  readonly open: () => Promise<ServerCommand>;
}

export interface Measured {
  readonly tools: number;
  /** tools/list, bytes by four. */
  readonly tokens: number;
  readonly start: number;
  readonly rss: number;
  readonly question: number | undefined;
}

const STARTS = 7;
const RUNS = 60;

export async function measureContender({ question, open }: Contender): Promise<Measured> {
  const command = await open();
  const starts = [];
  for (let i = 0; i <= STARTS; i += 1) starts.push(await measureStart(command, question));
  const client = await connect2025(command);
  try {
    const tools = await client.listTools();
    const ask = async ({ name, arguments: input }: Question) => {
      const { isError, text } = await client.call(name, { ...input });
      if (isError) throw new Error(text.slice(0, 300));
    };
    const times = question && (await timed(RUNS, () => ask(question)));
    const rest = starts.slice(1);
    return {
      tools: tools.length,
      tokens: Math.ceil(Buffer.byteLength(JSON.stringify(tools)) / 4),
      start: quantile(
        rest.map(({ firstAnswer }) => firstAnswer),
        0.5,
      ),
      rss: quantile(
        rest.map(({ rss }) => rss),
        0.5,
      ),
      question: times && quantile(times, 0.5),
    };
  } finally {
    await client.close();
  }
}

/** Ours and the peers that can be installed from the package registries, pinned. */
export function contenders(lab: WholeLabInfo, home: string, cache: string): readonly Contender[] {
  const token = (file: string) => readFileSync(file, 'utf8').trim();
  const argocd = { url: lab.argocd.url, token: token(lab.argocd.tokenFile) };
  const gitea = { url: lab.gitea.url, token: token(lab.gitea.tokenFile) };
  const ours = (bundle: string, env: Record<string, string>) => async () => bundledServer(bundle, home, env);
  const PATH = process.env.PATH ?? '';
  const clean = { PATH, HOME: home };
  cpSync(fileURLToPath(new URL('../workflows', import.meta.url)), join(home, 'workflows'), { recursive: true });
  return [
    {
      group: 'list workflows',
      name: 'workflows server',
      question: { name: 'list', arguments: {} },
      open: ours('workflows', {}),
    },
    {
      group: 'list applications',
      name: 'argocd server',
      question: { name: 'list_apps', arguments: {} },
      open: ours('argocd', { ARGOCD_SERVER: argocd.url, ARGOCD_AUTH_TOKEN: argocd.token }),
    },
    {
      group: 'list applications',
      name: 'argocd-mcp 0.9.0',
      question: { name: 'list_applications', arguments: {} },
      open: async () => {
        const folder = await npm(cache, 'argocd-mcp@0.9.0');
        const env = { ...clean, ARGOCD_BASE_URL: argocd.url, ARGOCD_API_TOKEN: argocd.token };
        return {
          command: process.execPath,
          args: [join(folder, 'node_modules/argocd-mcp/dist/index.js'), 'stdio'],
          env,
        };
      },
    },
    {
      group: 'query `up`',
      name: 'prometheus server',
      question: { name: 'query', arguments: { query: 'up' } },
      open: ours('prometheus', { PROMETHEUS_URL: lab.prometheus.url, ALERTMANAGER_URL: lab.alertmanager.url }),
    },
    {
      group: 'query `up`',
      name: 'prometheus-mcp-server 1.6.2',
      question: { name: 'execute_query', arguments: { query: 'up' } },
      open: async () => {
        const folder = await pip(cache, 'prometheus-mcp-server==1.6.2');
        return {
          command: join(folder, 'bin/prometheus-mcp-server'),
          args: [],
          env: { ...clean, PROMETHEUS_URL: lab.prometheus.url },
        };
      },
    },
    {
      group: 'list repositories',
      name: 'gitea server',
      question: { name: 'list_repos', arguments: {} },
      open: ours('gitea', { GITEA_URL: gitea.url, GITEA_TOKEN: gitea.token }),
    },
    {
      group: 'list repositories',
      name: 'gitea-mcp 0.5.1 (PyPI)',
      question: { name: 'list_repos', arguments: {} },
      open: async () => {
        const folder = await pip(cache, 'gitea-mcp==0.5.1');
        return {
          command: join(folder, 'bin/gitea-mcp'),
          args: [],
          env: { ...clean, GITEA_URL: gitea.url, GITEA_TOKEN: gitea.token },
        };
      },
    },
    {
      group: '(needs a Grafana)',
      name: 'mcp-grafana',
      open: async () => {
        const program = await go(cache, 'github.com/grafana/mcp-grafana/cmd/mcp-grafana@latest', 'mcp-grafana');
        return { command: program, args: [], env: { ...clean, GRAFANA_URL: 'http://127.0.0.1:1' } };
      },
    },
  ];
}

async function npm(cache: string, spec: string): Promise<string> {
  const folder = join(cache, 'peers', spec.replaceAll('/', '-'));
  mkdirSync(folder, { recursive: true });
  await execa('npm', ['install', '--no-audit', '--no-fund', '--no-save', '--prefix', folder, spec]);
  return folder;
}

async function pip(cache: string, spec: string): Promise<string> {
  const folder = join(cache, 'peers', spec);
  await execa('python3', ['-m', 'venv', folder]);
  await execa(join(folder, 'bin/pip'), ['install', '--quiet', spec]);
  return folder;
}

async function go(cache: string, spec: string, program: string): Promise<string> {
  const folder = join(cache, 'peers', 'go');
  await execa('go', ['install', spec], { env: { GOBIN: folder, GOFLAGS: '-mod=mod' } });
  return join(folder, program);
}
