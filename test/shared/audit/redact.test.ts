import { describe, expect, it } from 'vitest';
import { redact, redactObject } from '../../../shared/audit/redact.ts';

describe('redaction', () => {
  it('masks a Secret’s data in a manifest, and says where', async () => {
    const manifest =
      'apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: hunter2}\ndata: {cert: aGk=}\n';
    const { value, masked } = await redact({ manifest, why: 'new password' });
    expect(JSON.stringify(value)).not.toMatch(/hunter2|aGk=/);
    expect(masked).toEqual(['manifest[0].stringData.password', 'manifest[0].data.cert']);
    expect(value).toMatchObject({ why: 'new password', manifest: [{ kind: 'Secret', metadata: { name: 'db' } }] });
  });

  it('masks the copy that kubectl keeps in an annotation', async () => {
    const secret = {
      kind: 'Secret',
      metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"a":"c2VjcmV0"}}' } },
    };
    expect(JSON.stringify(redactObject(secret))).not.toContain('c2VjcmV0');
  });

  it('masks fields that hold a secret by their name, and secrets by their shape', async () => {
    const input = {
      patch: { spec: { apiKey: 'abc', secretName: 'db-tls', note: 'Authorization: Bearer abcdefghijklmnop1234' } },
    };
    const { value, masked } = await redact(input);
    expect(value).toEqual({
      patch: { spec: { apiKey: '***', secretName: 'db-tls', note: 'Authorization: Bearer ***' } },
    });
    expect(masked).toEqual(['patch.spec.apiKey', 'patch.spec.note']);
  });

  it('keeps a huge manifest out of the log, but its digest in it', async () => {
    const { value } = await redact({ manifest: `kind: ${'x'.repeat(2_000_000)}` });
    expect(JSON.stringify(value).length).toBeLessThan(500);
    expect(value.manifest).toMatch(/2000006 characters, sha256 [0-9a-f]{64}/);
  });

  it('masks a patch of a Secret whole, since it does not name its kind', async () => {
    const { value, masked } = await redact(
      { kind: 'secret', name: 'db', patch: { data: { a: 'c2VjcmV0' } }, json: '{"stringData":{"a":"s3"}}' },
      true,
    );
    expect(value).toEqual({ kind: 'secret', name: 'db', patch: { data: '***' }, json: '***' });
    expect(masked).toEqual(['patch.data', 'json']);
  });

  it('keeps only the digest of a manifest that it cannot read', async () => {
    const { value, masked } = await redact({ manifest: 'kind: Secret\nstringData: {pin: hunter2' });
    expect(JSON.stringify(value)).not.toContain('hunter2');
    expect(masked).toEqual(['manifest']);
  });

  it('reads a manifest of many keys in seconds', { timeout: 20_000 }, async () => {
    const keys = Array.from({ length: 40_000 }, (_, n) => `  key${n}: v`).join('\n');
    const { masked } = await redact({ manifest: `kind: Secret\nstringData:\n${keys}` });
    expect(masked).toHaveLength(40_000);
  });

  it('does not expand an alias bomb', async () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`,
    );
    const { value } = await redact({ manifest: ['kind: x', 'l0: &l0 [lol]', ...levels].join('\n') });
    expect(JSON.stringify(value).length).toBeLessThan(5_000);
  });
});
