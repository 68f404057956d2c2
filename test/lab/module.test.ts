import { describe, expect, it } from 'vitest';
import { buildFlags, cacheKey, type GoModule, neededGo, pinned, readModule } from '../../lab/binaries/module.ts';

const GO_MOD = `module lab
go 1.26.4
require (
	k8s.io/kubernetes v1.36.3
	sigs.k8s.io/kwok v0.8.0
)
`;

const aModule = (change: Partial<GoModule> = {}): GoModule => ({
  goMod: GO_MOD,
  goSum: 'k8s.io/kubernetes v1.36.3 h1:abc',
  main: 'package main',
  ...change,
});

describe('the control plane in the cache', () => {
  it('is the same one for two checkouts with the same module', () => {
    expect(cacheKey(aModule(), 'linux-x64')).toBe(cacheKey(aModule(), 'linux-x64'));
  });

  it.each([
    ['go.sum', { goSum: 'k8s.io/kubernetes v1.36.3 h1:def' }],
    ['main.go', { main: 'package main // changed' }],
    ['go.mod', { goMod: GO_MOD.replace('1.36.3', '1.36.4') }],
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
    expect(buildFlags(GO_MOD).at(-1)).toContain('-X k8s.io/component-base/version.gitVersion=v1.36.3');
  });

  it('is complete: its go.sum is checked in, and a module that it lacks is an error', async () => {
    const module = await readModule();
    expect(module.goSum).toContain(`k8s.io/kubernetes v${pinned(module.goMod, 'k8s.io/kubernetes')} h1:`);
    expect(() => pinned(module.goMod, 'example.com/none')).toThrow('pins no example.com/none');
  });
});
