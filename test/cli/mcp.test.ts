import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundleProblem, ensureBundle } from '../../cli/bundles.ts';
import { runCli } from '../../cli/program.ts';
import { aMachine } from './machine.ts';

/** A package with a bundle that only says that it was loaded; with `checkout`, its sources too. */
function aPackage(checkout: boolean) {
  const made = aMachine();
  const file = (path: string, text = '') => made.file(join('package', path), text);
  file('package.json', '{"type":"module"}');
  const bundle = file('dist/kubectl.js', 'globalThis.bundles = [...(globalThis.bundles ?? []), import.meta.filename];');
  if (checkout) {
    file('servers/kubectl/main.ts');
    const build = `import { writeFileSync } from 'node:fs'; export const build = () => writeFileSync(${JSON.stringify(bundle)}, 'globalThis.built = true;');`;
    file('tools/build.ts', build);
  }
  const root = join(made.folder, 'package');
  return { ...made, root, bundle, machine: { ...made.machine, root } };
}

describe('k8s-agent mcp', () => {
  it('runs the bundle by its path, for this home', async () => {
    const { machine, bundle, folder } = aPackage(false);
    expect(await runCli(['--home', join(folder, 'work'), 'mcp', 'kubectl'], machine)).toBe(0);
    expect(globalThis).toMatchObject({ bundles: [bundle] });
    expect(machine.env.K8S_AGENT_HOME).toBe(join(folder, 'work'));
  });

  it('writes nothing of its own: standard output belongs to the protocol', async () => {
    const { machine, output } = aPackage(false);
    await runCli(['mcp', 'kubectl'], machine);
    expect(output()).toBe('');
  });

  it('builds the bundle first in a checkout whose sources are newer', async () => {
    const { machine, root, bundle } = aPackage(true);
    utimesSync(bundle, 1, 1);
    expect(bundleProblem(root, 'kubectl')).toBe(`${bundle} is older than its sources`);
    expect(await runCli(['mcp', 'kubectl'], machine)).toBe(0);
    expect(globalThis).toMatchObject({ built: true });
    expect(bundleProblem(root, 'kubectl')).toBeUndefined();
  });

  it('builds once for all servers that are wanted at the same time', async () => {
    const { root, file } = aPackage(true);
    file(
      'package/tools/build.ts',
      `import { setTimeout } from 'node:timers/promises';
       export const build = async () => { globalThis.builds = (globalThis.builds ?? 0) + 1; await setTimeout(10); };`,
    );
    await Promise.all([ensureBundle(root, 'argocd'), ensureBundle(root, 'gitea')]);
    expect(globalThis).toMatchObject({ builds: 1 });
    await ensureBundle(root, 'gitea');
    expect(globalThis).toMatchObject({ builds: 2 });
  });

  it('says what to do when a published package has no bundle', async () => {
    const { machine, output, folder } = aPackage(false);
    const root = join(folder, 'empty');
    mkdirSync(root);
    writeFileSync(join(root, 'package.json'), '{}');
    expect(await runCli(['mcp', 'kubectl'], { ...machine, root })).toBe(1);
    expect(output()).toMatch(/dist\/kubectl\.js is missing\.\nInstall the package again/);
  });

  it('names the servers that there are', async () => {
    const { machine, output } = aPackage(false);
    expect(await runCli(['mcp', 'kubctl'], machine)).toBe(1);
    expect(output()).toMatch(/unknown command 'kubctl'[\s\S]*kubectl/);
  });
});
