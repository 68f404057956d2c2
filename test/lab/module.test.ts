import { describe, expect, it } from 'vitest';
import { buildFlags, cacheKey, type GoModule, neededGo, pinned, readModule } from '../../lab/binaries/module.ts';
import { controlPlane, gitea, gitops } from '../../lab/binaries/modules.ts';

const GO_MOD = `module lab
go 1.26.4
require (
	k8s.io/kubernetes v1.36.3
	sigs.k8s.io/kwok v0.8.0
)
`;

const aModule = (change: Partial<GoModule> = {}): GoModule => ({
  spec: controlPlane,
  goMod: GO_MOD,
  goSum: 'k8s.io/kubernetes v1.36.3 h1:abc',
  main: 'package main',
  ...change,
});

describe('the programs of a module in the cache', () => {
  it('is the same one for two checkouts with the same module', () => {
    expect(cacheKey(aModule(), 'linux-x64')).toBe(cacheKey(aModule(), 'linux-x64'));
  });

  it.each([
    ['go.sum', { goSum: 'k8s.io/kubernetes v1.36.3 h1:def' }],
    ['main.go', { main: 'package main // changed' }],
    ['go.mod', { goMod: GO_MOD.replace('1.36.3', '1.36.4') }],
    ['a patch', { spec: { ...controlPlane, patches: [{ module: 'k8s.io/api', file: 'a.go', text: 'package a' }] } }],
    ['a file that it reads', { spec: { ...controlPlane, files: [{ module: 'k8s.io/api', from: 'a', to: 'b' }] } }],
  ])('is another one when %s changes', (_, change) => {
    expect(cacheKey(aModule(change), 'linux-x64')).not.toBe(cacheKey(aModule(), 'linux-x64'));
  });

  it('is another one on another platform, and its key says which', () => {
    expect(cacheKey(aModule(), 'linux-arm64')).toMatch(/^linux-arm64-[0-9a-f]{16}$/);
    expect(cacheKey(aModule(), 'linux-arm64').slice(-16)).not.toBe(cacheKey(aModule(), 'linux-x64').slice(-16));
  });
});

describe('the pinned Go module', () => {
  it('says which versions it holds and which Go it needs', () => {
    expect(pinned(GO_MOD, 'k8s.io/kubernetes')).toBe('1.36.3');
    expect(neededGo(GO_MOD)).toBe('1.26.4');
  });

  it('stamps the Kubernetes version that the API server then reports', () => {
    expect(controlPlane.builds.flatMap((step) => buildFlags(GO_MOD, step)).at(-1)).toContain(
      '-X k8s.io/component-base/version.gitVersion=v1.36.3',
    );
  });

  it.each([
    [controlPlane, 'k8s.io/kubernetes'],
    [gitops, 'github.com/argoproj/argo-cd/v3'],
    [gitops, 'github.com/prometheus/alertmanager'],
    [gitea, 'code.gitea.io/gitea'],
  ])('of $name is complete: its go.sum is checked in, and knows %s', async (spec, name) => {
    const module = await readModule(spec);
    expect(module.goSum).toContain(`${name} v${pinned(module.goMod, name)} h1:`);
  });

  it('is asked for no module that it lacks', () => {
    expect(() => pinned(GO_MOD, 'example.com/none')).toThrow('pins no example.com/none');
  });

  it('stamps Prometheus with its own version, which is not that of its Go module', async () => {
    const { goMod } = await readModule(gitops);
    const flags = gitops.builds
      .filter(({ binary }) => binary === 'prometheus')
      .flatMap((step) => buildFlags(goMod, step));
    expect(flags.at(-1)).toMatch(/common\/version\.Version=3\.\d+\.\d+$/);
  });
});
