import { describe, expect, it } from 'vitest';
import { versionProblem } from '../../lab/binaries/found-exec.ts';
import { goProblem, goVersion, isAtLeast } from '../../lab/binaries/go-exec.ts';

describe('the Go that builds the control plane', () => {
  it.each([
    ['go version go1.26.8 linux/amd64', '1.26.8'],
    ['go version go1.27 darwin/arm64', '1.27'],
    ['command not found', undefined],
  ])('is read from "%s"', (output, version) => {
    expect(goVersion(output)).toBe(version);
  });

  it.each([
    ['1.26.4', true],
    ['1.26.10', true],
    ['1.27', true],
    ['2.0.0', true],
    ['1.26.3', false],
    ['1.9.9', false],
    ['1.26', false],
  ])('%s is new enough for 1.26.4: %s', (version, enough) => {
    expect(isAtLeast(version, '1.26.4')).toBe(enough);
  });

  it('is named with where it lies and what to do when it is too old', () => {
    const problem = goProblem([{ path: '/usr/bin/go', version: '1.19.8' }], '1.26.4');
    expect(problem?.message).toContain('/usr/bin/go is Go 1.19.8');
    expect(problem?.hint).toContain('Install Go 1.26.4 or newer from https://go.dev/dl/');
  });

  it('is asked for when there is none', () => {
    expect(goProblem([], '1.26.4')?.message).toContain('no go was found on the PATH');
  });

  it('is no problem when an older one stands beside it', () => {
    const found = [
      { path: '/usr/bin/go', version: '1.19.8' },
      { path: '/usr/local/go/bin/go', version: '1.26.8' },
    ];
    expect(goProblem(found, '1.26.4')).toBeUndefined();
  });
});

describe('a program found outside the cache', () => {
  it.each([
    ['kubectl', 'Client Version: v1.36.1\nKustomize Version: v5.8.1'],
    ['kube-apiserver', 'Kubernetes v1.36.3'],
    ['etcd', 'etcd Version: 3.6.16\nGit SHA: abc'],
    ['kwok', 'kwok version v0.8.0 go1.26.8 (linux/amd64)'],
  ] as const)('%s is used when its version fits', (program, output) => {
    expect(versionProblem('/opt/x', program, output, '1.36.3')).toBeUndefined();
  });

  it.each([
    ['kubectl', 'Client Version: v1.36.4-dispatcher', '1.36.4-dispatcher, not 1.36'],
    ['kubectl', 'Client Version: v1.32.4-dispatcher', '1.32.4-dispatcher, not 1.36'],
    ['kube-apiserver', 'Kubernetes v1.31.0', '1.31.0, not 1.36'],
    ['etcd', 'etcd Version: 3.4.9', '3.4.9, not 3.5.0 or newer'],
    ['kwok', 'usage: kwok', 'of no version, not 0.8.0 or newer'],
  ] as const)('%s is passed over for "%s"', (program, output, why) => {
    expect(versionProblem('/opt/x', program, output, '1.36.3')).toBe(`/opt/x is ${why}`);
  });
});
