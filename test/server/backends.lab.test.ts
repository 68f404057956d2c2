import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { WholeLabInfo } from '../../lab/index.ts';
import { pathsIn } from '../../shared/kernel/paths.ts';
import { readRecords, tempFolder } from '../support/gate-rig.ts';
import { GiteaPerson } from '../support/gitea-rig.ts';
import { ArgocdPerson } from '../support/gitops-app.ts';
import { wholeLabForTests } from '../support/lab.ts';
import { removeNamespaces } from '../support/lab-objects.ts';
import { connect2025 } from '../support/mcp/connect-2025.ts';
import { connect2026 } from '../support/mcp/connect-2026.ts';
import { bundledServer } from '../support/server.ts';

let lab: WholeLabInfo;
const token = (file: string) => readFileSync(file, 'utf8').trim();
const home = () => join(tempFolder(), '.claude');

beforeAll(async () => {
  lab = await wholeLabForTests();
});

const environments = (): Record<string, Record<string, string>> => ({
  argocd: { ARGOCD_SERVER: lab.argocd.url, ARGOCD_AUTH_TOKEN: token(lab.argocd.tokenFile) },
  prometheus: { PROMETHEUS_URL: lab.prometheus.url, ALERTMANAGER_URL: lab.alertmanager.url },
  gitea: { GITEA_URL: lab.gitea.url, GITEA_TOKEN: token(lab.gitea.tokenFile) },
});

const QUESTIONS = [
  [
    'argocd',
    'list_apps',
    {},
    /\d+ applications/,
    /No address of Argo CD is set\. Set ARGOCD_SERVER and ARGOCD_AUTH_TOKEN/,
  ],
  ['prometheus', 'query', { query: 'up' }, /\d+ series/, /No address of Prometheus is set\. Set PROMETHEUS_URL/],
  [
    'gitea',
    'list_repos',
    { search: 'gitops' },
    /\d+ repositor/,
    /No address of Gitea is set\. Set GITEA_URL and GITEA_TOKEN/,
  ],
] as const;

describe.each([
  ['2025-11-25', connect2025],
  ['2026-07-28', connect2026],
])('a client of protocol %s', (_, connect) => {
  it.each(QUESTIONS)(
    'asks the %s server, which starts without its backend and says how to set it',
    async (server, tool, input, answer, missing) => {
      const folder = home();
      const unset = await connect(bundledServer(server, folder, {}));
      expect((await unset.listTools()).length).toBeGreaterThan(10);
      expect(await unset.call(tool, input)).toMatchObject({ isError: true, text: expect.stringMatching(missing) });
      await unset.close();
      const set = await connect(bundledServer(server, folder, environments()[server] ?? {}));
      expect(await set.call(tool, input)).toMatchObject({ isError: false, text: expect.stringMatching(answer) });
      await set.close();
      expect(
        readRecords(pathsIn(folder).actionLogs).map(({ server: name, outcome }) => [name, outcome?.status]),
      ).toEqual([
        [server, 'error'],
        [server, 'ok'],
      ]);
    },
  );

  it('gets a chart as a picture beside the text', async () => {
    const client = await connect(bundledServer('prometheus', home(), environments().prometheus ?? {}));
    const { text } = await client.call('query_range', { query: 'up', since: '10m', chart: true });
    expect(text).toMatch(/MIN +MEAN[\s\S]*\[image\]/);
    await client.close();
  });
});

it('a client that asks for progress hears how far a sync is, before its answer', async () => {
  const argocd = new ArgocdPerson(lab);
  await argocd.knowGitea();
  const hook =
    'apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: wait-, annotations: {argocd.argoproj.io/hook: PreSync}}\nspec: {template: {spec: {restartPolicy: Never, containers: [{name: wait, image: registry.example.invalid/wait:1}]}}}\n';
  const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\n';
  const { name } = await argocd.app({ 'app/hook.yaml': hook, 'app/one.yaml': map });
  onTestFinished(async () => {
    await argocd.forget(name);
    await removeNamespaces(lab, name);
  });
  const folder = home();
  const { command, args, env } = bundledServer('argocd', folder, environments().argocd ?? {});
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({ autonomy: { safe_actions: ['sync'] } }));
  const child = spawn(command, [...args], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  onTestFinished(() => {
    child.kill();
  });
  const lines: { method?: string; id?: number; params?: { progressToken: string; message: string } }[] = [];
  const reader = createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line)));
  const send = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  send({
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
  });
  await once(reader, 'line');
  send({ method: 'notifications/initialized' });
  send({
    id: 2,
    method: 'tools/call',
    params: { name: 'sync_app', arguments: { app: name, why: 'a test' }, _meta: { progressToken: 'p1' } },
  });
  await expect.poll(() => lines.at(-1)?.id, { timeout: 60_000 }).toBe(2);
  const progress = lines.filter(({ method }) => method === 'notifications/progress');
  expect(progress.length).toBeGreaterThan(0);
  expect(progress[0]?.params).toMatchObject({ progressToken: 'p1', progress: 1, message: expect.any(String) });
}, 90_000);

it('no token of a backend is in any answer or log, whatever went wrong', async () => {
  const person = new GiteaPerson(lab.gitea);
  const repo = await person.repo({ 'a.txt': 'a\n' });
  for (const [server, calls] of Object.entries({
    argocd: [
      ['get_app', { app: 'no-such-app' }],
      ['list_apps', { project: '../x' }],
      ['sync_app', { app: 'web', why: 'x'.repeat(9) }],
    ],
    gitea: [
      ['get_file', { repo, path: 'no' }],
      ['commit_files', { repo, branch: 'nope', message: 'm', files: [{ path: 'b', content: 'x' }], why: 'a try' }],
    ],
  } as const)) {
    const folder = home();
    const env = environments()[server] ?? {};
    const client = await connect2025(bundledServer(server, folder, env));
    const answers = [];
    for (const [tool, input] of calls) answers.push((await client.call(tool, { ...input })).text);
    await client.close();
    const secret = env.ARGOCD_AUTH_TOKEN ?? env.GITEA_TOKEN ?? '';
    expect(secret.length).toBeGreaterThan(20);
    expect(answers.join('\n')).not.toContain(secret);
    expect(JSON.stringify(readRecords(pathsIn(folder).actionLogs))).not.toContain(secret);
  }
});
