import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { arrayAt, at, stringAt } from '../../shared/kernel/json.ts';
import { assemble, filesIn, type Image } from './containerfile.ts';
import { contextWithClient } from './daemon-context.ts';
import { DEPLOY, objectsIn } from './render.ts';

const ROOT = join(DEPLOY, '..');
const OWN = process.arch === 'arm64' ? 'arm64' : 'amd64';
const HOME = '/var/lib/k8s-agent';

const [deployment] = objectsIn(readFileSync(join(DEPLOY, 'daemon/base/deployment.yaml'), 'utf8'));
const pod = at(deployment, 'spec', 'template', 'spec');
const [, install] = arrayAt(pod, 'initContainers');
const [main] = arrayAt(pod, 'containers');

const folder = mkdtempSync(join(tmpdir(), 'k8s-agent-daemon-image-'));
const images = new Map<string, Image>();
beforeAll(() => {
  const text = readFileSync(join(DEPLOY, 'Containerfile.daemon'), 'utf8');
  const context = contextWithClient(join(folder, 'context'));
  for (const target of ['amd64', 'arm64'])
    images.set(target, assemble(text, { context, folder, args: { TARGETARCH: target } }));
});
afterAll(() => rmSync(folder, { recursive: true }));
const imageOf = (target: string) => images.get(target) ?? expect.fail(`no image for ${target}`);

/** Runs the command of a container as the image has it, with the home folder in the place of the volume. */
function run(container: unknown, home: string) {
  const { root, workdir, env } = imageOf(OWN);
  const command = arrayAt(container, 'command').map((word) => (word === HOME ? home : String(word)));
  const [program = '', ...args] = command;
  return execa(program === 'node' ? process.execPath : program, args, {
    cwd: join(root, workdir),
    env: { ...env, HOME: home, PATH: `${join(root, 'usr/local/bin')}:/usr/bin:/bin` },
    ...{ extendEnv: false, reject: false, stdin: 'ignore', all: true, forceKillAfterDelay: false },
  });
}

function aHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'k8s-agent-daemon-home-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

describe('the image of the daemon', () => {
  it.each([
    ['amd64', 62],
    ['arm64', 183],
  ] as const)('for %s has the binaries of its own platform', (target, machine) => {
    const { root } = imageOf(target);
    const binaries = filesIn(root).filter((path) => path.endsWith('.node'));
    expect(binaries).toHaveLength(1);
    // The machine in the header of an ELF file: EM_X86_64 and EM_AARCH64.
    expect(readFileSync(join(root, binaries[0] ?? '')).readUInt16LE(18)).toBe(machine);
    expect(filesIn(root)).toContain('/usr/local/bin/claude');
  });

  it('installs into an empty volume, runs, and ends when the kubelet asks it to', async () => {
    const image = imageOf(OWN);
    const before = filesIn(image.root);
    const home = aHome();
    expect(await run(install, home)).toMatchObject({ exitCode: 0 });
    const running = run(main, home);
    onTestFinished(async () => {
      running.kill('SIGKILL');
      await running;
    });
    const ended = running.then(({ all }) => expect.fail(`it ended: ${all}`));
    const alive = join(home, 'k8s-agent/daemon.alive');
    await Promise.race([vi.waitFor(() => expect(existsSync(alive)).toBe(true), { timeout: 30_000 }), ended]);
    const command = arrayAt(main, 'startupProbe', 'exec', 'command').map((word) => String(word).replace(HOME, home));
    const probe = (words: readonly string[]) => execa(words[0] ?? '', words.slice(1), { reject: false });
    expect(await probe(command)).toMatchObject({ exitCode: 0 });
    ended.catch(() => undefined);
    running.kill('SIGTERM');
    expect(await running).toMatchObject({ exitCode: 0 });
    expect(filesIn(image.root)).toEqual(before);
    rmSync(alive);
    expect(await probe(command)).toMatchObject({ failed: true });
  });

  it('is started by the manifests as by itself, as somebody by number', () => {
    expect(imageOf(OWN)).toMatchObject({ user: '1000:1000', cmd: arrayAt(main, 'command'), workdir: '/app' });
    expect(imageOf(OWN).env.HOME).toBe(HOME);
    expect(stringAt(arrayAt(main, 'env')[0], 'value')).toBe(HOME);
  });
});

it('brings the client that the tests drive', () => {
  const doc = readFileSync(join(ROOT, 'docs/deploy.md'), 'utf8');
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'test/support/clients/package.json'), 'utf8'));
  const versions = [...doc.matchAll(/claude-code-linux-(?:x64|arm64)@([\d.]+)/g)].map(([, version]) => version);
  expect(versions).toEqual(Array(2).fill(dependencies['@anthropic-ai/claude-code']));
});
