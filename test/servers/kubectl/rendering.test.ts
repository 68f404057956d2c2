import { describe, expect, it } from 'vitest';
import { renderObject } from '../../../servers/kubectl/rendering.ts';
import { explainField, fieldAt } from '../../../servers/kubectl/schema-text.ts';
import { maskValuesOf } from '../../../shared/audit/masked-values.ts';
import { redactObject } from '../../../shared/audit/redact.ts';
import { aPod, NOW } from '../../support/kube.ts';

describe('what is secret', () => {
  it("is taken out of kubectl's text by its value, wherever it stands", () => {
    const env = [
      { name: 'DB_PASSWORD', value: 'hunter22' },
      { name: 'MODE', value: 'fast' },
    ];
    const pod = aPod({ containers: [{ name: 'app', env }] });
    expect(maskValuesOf(pod, 'DB_PASSWORD:      hunter22\nMODE: fast')).toBe('DB_PASSWORD:      ***\nMODE: fast');
  });

  it('is an environment variable that is called so', () => {
    const env = { name: 'DB_PASSWORD', value: 'hunter22', valueFrom: undefined };
    expect(redactObject({ env: [env, { name: 'MODE', value: 'fast' }] })).toMatchObject({
      env: [
        { name: 'DB_PASSWORD', value: '***' },
        { name: 'MODE', value: 'fast' },
      ],
    });
  });

  it('is shown by its size in our own rendering', () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'creds' },
      data: { user: 'YWRtaW4=', password: 'aHVudGVyMg==' },
    };
    const text = renderObject(secret, NOW);
    expect(text).toContain('password: 7 bytes');
    expect(text).not.toMatch(/YWRtaW4|admin|aHVudGVy|hunter2/);
  });
});

describe('explain', () => {
  const root = {
    properties: {
      spec: { description: 'What is wanted.', allOf: [{ $ref: '#/components/schemas/Spec' }] },
    },
  };
  const spec = {
    description: 'A spec.',
    type: 'object',
    required: ['ports'],
    properties: {
      ports: { type: 'array', items: { type: 'integer' }, description: 'All ports. Each once.' },
      mode: { type: 'string', enum: ['a', 'b'] },
    },
  };
  const resolve = (schema: unknown) => {
    const isSpec = JSON.stringify(schema).includes('#/components/schemas/Spec');
    return isSpec ? { ...spec, description: 'What is wanted.' } : { ...Object(schema) };
  };

  it('tells type, description and fields, the required ones marked', () => {
    expect(explainField({ root, resolve }, fieldAt({ root, resolve }, ['spec']))).toEqual([
      'type: object',
      'What is wanted.',
      'fields:',
      '  ports <[]integer, required>  All ports.',
      '  mode <string>',
    ]);
  });

  it('names the nearest field where there is none of that name', () => {
    expect(() => fieldAt({ root, resolve }, ['spec', 'port'])).toThrow(
      expect.objectContaining({
        message: 'spec has no field "port".',
        hint: 'Did you mean "ports"? There is: ports, mode.',
      }),
    );
  });
});
