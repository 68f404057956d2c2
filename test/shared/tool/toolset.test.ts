import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineTool } from '../../../shared/tool/define.ts';
import { oncePerCallWith } from '../../../shared/tool/once-per-call.ts';
import { createToolset } from '../../../shared/tool/toolset.ts';
import { aCaller } from '../../support/builders.ts';
import { gateRig } from '../../support/gate-rig.ts';

const tool = defineTool<object>();
const look = tool({
  name: 'look',
  summary: 'Look.',
  verb: 'get',
  effect: 'read',
  input: z.strictObject({ at: z.string().describe('What.') }),
  target: () => [{}],
  run: async ({ at }) => ({ text: `seen ${at}`, image: { mimeType: 'image/png', base64: 'AAAA' } }),
});

function callOf(notice?: () => Promise<string | undefined>) {
  const { ports } = gateRig();
  const toolset = createToolset({
    server: 'test',
    instructions: '',
    tools: [look],
    deps: {},
    ports,
    ...(notice && { notice }),
  });
  return (raw: unknown) => toolset.call('look', raw, aCaller());
}

describe('a set of tools', () => {
  it('says in every answer what is to be said of the connection, in errors too', async () => {
    const call = callOf(async () => 'Warning: not checked.');
    expect(await call({ at: 'it' })).toMatchObject({ isError: false, text: 'Warning: not checked.\nseen it' });
    expect(await call({ att: 'it' })).toMatchObject({
      isError: true,
      text: expect.stringMatching(/^Warning: not checked\.\nlook: .*Known parameters: at\./),
    });
  });

  it('answers, too, when the connection cannot even be opened', async () => {
    const call = callOf(() => Promise.reject(new Error('no address')));
    expect(await call({ at: 'it' })).toMatchObject({ isError: false, text: 'seen it' });
  });

  it('hands a picture on beside the text', async () => {
    expect(await callOf()({ at: 'it' })).toMatchObject({ image: { mimeType: 'image/png', base64: 'AAAA' } });
  });

  it('refuses unknown keys though its published schema does not mention them', async () => {
    expect(look.schema).toEqual({
      type: 'object',
      properties: { at: { type: 'string', description: 'What.' } },
      required: ['at'],
    });
    expect(await callOf()({ at: 'it', more: 1 })).toMatchObject({
      isError: true,
      text: expect.stringContaining('more'),
    });
  });
});

describe('what is made once for each call', () => {
  it('is shared by the steps of a call, and made anew for the next', async () => {
    let made = 0;
    const once = oncePerCallWith<object>()(async () => {
      made += 1;
      return made;
    });
    const { signal } = new AbortController();
    const input = {};
    expect([await once(input, {}, signal), await once(input, {}, signal), await once({}, {}, signal)]).toEqual([
      1, 1, 2,
    ]);
  });
});
