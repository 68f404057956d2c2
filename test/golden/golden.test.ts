import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../shared/kernel/errors.ts';
import { isObject } from '../../shared/kernel/json.ts';
import { VERBS } from '../../shared/policy/verbs.ts';
import { wireTool } from '../../shared/tool/wire.ts';
import { GENERATED, SERVERS, tokens } from '../../tools/generate.ts';
import { aCall, aPlan, aWrite } from '../support/builders.ts';
import { gateRig } from '../support/gate-rig.ts';

const pretty = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

describe('frozen: a change here is seen by whoever reads our logs or calls our tools', () => {
  it('error codes', async () => {
    await expect(pretty(ERROR_CODES)).toMatchFileSnapshot('error-codes.json');
  });

  it.each(Object.entries(SERVERS))('tool schemas of %s', async (server, tools) => {
    await expect(pretty(tools.map(wireTool))).toMatchFileSnapshot(`${server}-tools.json`);
  });

  it('audit records of a change that a person confirmed', async () => {
    const rig = gateRig();
    const input = { kind: 'deploy', name: 'web', namespace: 'shop', replicas: 5, password: 'hunter2' };
    const call = aCall({ input, effect: aWrite(aPlan()) });
    const caller = { agent: 'k8s-diagnostician', session: 'session-1' };
    const asked = await rig.pass(call, caller);
    if (asked.kind !== 'ask') throw new Error(asked.text);
    await rig.pass(call, { ...caller, reply: { ...asked, action: 'accept', decision: 'approve' } });
    // Ids are random and hashes follow from them: their shape is what is frozen.
    const frozen = pretty(rig.records())
      .replace(/"(au|ap|call)-\w{10}"/g, '"$1-RANDOM"')
      .replace(/"[0-9a-f]{64}"/g, (hash) => (/^"0+"$/.test(hash) ? hash : '"SHA256"'));
    await expect(frozen).toMatchFileSnapshot('audit-record.json');
  });
});

describe('the tools', () => {
  it('cost a model at most 9,000 tokens on the four servers of the stack, 3,500 on kubectl, and 900 on workflows', () => {
    const { workflows = [], ...stack } = SERVERS;
    expect(tokens(SERVERS.kubectl ?? [])).toBeLessThanOrEqual(3_500);
    expect(tokens(Object.values(stack).flat())).toBeLessThanOrEqual(9_000);
    expect(tokens(workflows)).toBeLessThanOrEqual(900);
  });

  it.each(
    Object.entries(SERVERS).flatMap(([server, tools]) => tools.map((tool) => [server, tool.name, tool] as const)),
  )('%s %s describes every parameter, and has a verb that policy knows', (_server, _name, tool) => {
    const { properties } = tool.schema;
    expect(isObject(properties)).toBe(true);
    for (const [name, schema] of Object.entries(isObject(properties) ? properties : {})) {
      expect(schema, name).toHaveProperty('description');
    }
    expect(Object.keys(VERBS)).toContain(tool.verb);
  });

  it.each(Object.entries(SERVERS))('of %s are in alphabetical order under names that are theirs alone', (_, tools) => {
    const names = tools.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)].sort());
  });
});

describe('generated files', () => {
  it.each(Object.entries(GENERATED))('%s is up to date (node tools/generate.ts)', (file, make) => {
    expect(readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8')).toBe(make());
  });
});
