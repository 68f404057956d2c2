import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import getPort from 'get-port';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { DASHBOARD_FLAGS } from '../../shared/boot/launch.ts';
import { arrayAt, at, stringAt } from '../../shared/kernel/json.ts';
import { assemble, filesIn, type Image } from './containerfile.ts';
import { familiesInReadme } from './metrics.ts';
import { DEPLOY, objectsIn } from './render.ts';

const ROOT = join(DEPLOY, '..');
const FILE = join(DEPLOY, 'Containerfile');
const TARGETS = ['amd64', 'arm64'] as const;
const OWN = process.arch === 'arm64' ? 'arm64' : 'amd64';

const [deployment] = objectsIn(readFileSync(join(DEPLOY, 'dashboard/base/deployment.yaml'), 'utf8'));
const container = arrayAt(at(deployment, 'spec', 'template', 'spec'), 'containers')[0];

const folder = mkdtempSync(join(tmpdir(), 'k8s-agent-image-'));
const images = new Map<string, Image>();
beforeAll(() => {
  const text = readFileSync(FILE, 'utf8');
  for (const target of TARGETS) {
    images.set(target, assemble(text, { context: ROOT, folder, args: { TARGETARCH: target } }));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));
const imageOf = (target: string) => images.get(target) ?? expect.fail(`no image for ${target}`);

/** Starts what the image starts, with the environment that the Deployment gives it, and waits until it is healthy. */
async function start({ root, workdir, env, cmd }: Image) {
  const state = mkdtempSync(join(tmpdir(), 'k8s-agent-state-'));
  onTestFinished(() => rmSync(state, { recursive: true }));
  const port = await getPort({ host: '127.0.0.1' });
  const deployed = Object.fromEntries(arrayAt(container, 'env').map((one) => [at(one, 'name'), at(one, 'value')]));
  const here = {
    PORT: `${port}`,
    HOST: '127.0.0.1',
    K8S_AGENT_STATE: state,
    PUBLIC_URL: 'https://k8s-agent.example.com',
  };
  const [program = '', ...args] = cmd;
  const running = execa(program === 'node' ? process.execPath : program, args, {
    cwd: join(root, workdir),
    env: { ...env, ...deployed, ...here },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  });
  onTestFinished(async () => {
    running.kill('SIGKILL');
    await running;
  });
  const url = `http://127.0.0.1:${port}`;
  const ended = running.then(({ all, stderr }) => expect.fail(`it ended: ${all ?? stderr}`));
  const probe = stringAt(container, 'startupProbe', 'httpGet', 'path');
  await Promise.race([
    vi.waitFor(async () => expect((await fetch(url + probe)).ok).toBe(true), { timeout: 20_000, interval: 50 }),
    ended,
  ]);
  return { url, state, running };
}

describe('the image', () => {
  it.each(TARGETS)('for %s has one binary, of its own platform', (target) => {
    const { root } = imageOf(target);
    const binaries = filesIn(root).filter((path) => path.endsWith('.node'));
    expect(binaries).toHaveLength(1);
    // The machine in the header of an ELF file: EM_X86_64 and EM_AARCH64.
    expect(readFileSync(join(root, binaries[0] ?? '')).readUInt16LE(18)).toBe({ amd64: 62, arm64: 183 }[target]);
  });

  it('starts by its own files, as the Deployment runs it, and writes to its state folder only', async () => {
    const image = imageOf(OWN);
    const before = filesIn(image.root);
    const { url, state } = await start(image);
    const ready = stringAt(container, 'readinessProbe', 'httpGet', 'path');
    expect((await fetch(url + ready)).status).toBe(200);
    expect((await fetch(url + stringAt(container, 'livenessProbe', 'httpGet', 'path'))).status).toBe(200);
    expect(filesIn(image.root)).toEqual(before);
    expect(filesIn(state)).toContain('/state.db');
  });

  it('ends in time when the kubelet asks it to', async () => {
    const { running } = await start(imageOf(OWN));
    running.kill('SIGTERM');
    expect(await running).toMatchObject({ exitCode: 0 });
  });

  it('runs as somebody by number, with the flags of every other program', () => {
    expect(imageOf(OWN)).toMatchObject({ user: '1000:1000', cmd: ['node', ...DASHBOARD_FLAGS, 'dashboard.js'] });
    const user = at(deployment, 'spec', 'template', 'spec', 'securityContext');
    expect(user).toMatchObject({ runAsUser: 1000, runAsGroup: 1000 });
  });
});

it('exposes the metrics that deploy/README.md lists, and no others', async () => {
  const { url } = await start(imageOf(OWN));
  const text = await (await fetch(`${url}/metrics`)).text();
  const exposed = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', type = '']) => [name, type]);
  expect(new Map(exposed.map(([name = '', type = '']) => [name, type]))).toEqual(familiesInReadme());
});
