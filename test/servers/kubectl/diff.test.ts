import { describe, expect, it } from 'vitest';
import { diffObjects } from '../../../servers/kubectl/diff.ts';

const secret = (data: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 's', uid: 'u', resourceVersion: '1', managedFields: [{}] },
  data,
  status: { moves: true },
});

describe('the diff of an object', () => {
  it('never shows a Secret’s data, and marks the keys that change', () => {
    const { text, added, removed } = diffObjects(
      secret({ a: 'b2xk', b: 'c2FtZQ==' }),
      secret({ a: 'bmV3', b: 'c2FtZQ==', c: 'eA==' }),
    );
    expect(text).toContain('-  a: "***"\n+  a: "*** (changed)"');
    expect(text).toContain('+  c: "***"');
    expect(text).toContain('   b: "***"');
    expect(text).not.toMatch(/b2xk|bmV3|c2FtZQ|eA==/);
    expect([added, removed]).toEqual([2, 1]);
  });

  it('hides a password that stands in a container’s environment, and says that it changes', () => {
    const pod = (password: string) => ({ kind: 'Pod', metadata: { name: 'p' }, spec: { dbPassword: password } });
    const { text } = diffObjects(pod('hunter2'), pod('hunter3'));
    expect(text).toContain('dbPassword: "*** (changed)"');
    expect(text).not.toContain('hunter');
  });

  it('leaves out what the server keeps by itself', () => {
    const before = secret({});
    const after = { ...before, metadata: { ...before.metadata, resourceVersion: '2', generation: 7 }, status: {} };
    expect(diffObjects(before, after)).toEqual({ text: '', added: 0, removed: 0 });
  });

  it('of a new object is all of it', () => {
    const { text, removed } = diffObjects(undefined, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } });
    expect(text.split('\n').slice(1)).toEqual(['+apiVersion: v1', '+kind: ConfigMap', '+metadata:', '+  name: c']);
    expect(removed).toBe(0);
  });
});
