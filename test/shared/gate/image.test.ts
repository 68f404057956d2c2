import { expect, it } from 'vitest';
import { aCall, aRead } from '../../support/builders.ts';
import { gateRig } from '../../support/gate-rig.ts';

const answerWith = (base64: string) =>
  gateRig().pass(
    aCall({
      action: { verb: 'get' },
      effect: aRead(async () => ({ text: '1 series.', image: { mimeType: 'image/png', base64 } })),
    }),
  );

it('a picture goes with the text', async () => {
  expect(await answerWith('iVBORw0KGgo=')).toMatchObject({
    kind: 'answer',
    text: '1 series.',
    image: { mimeType: 'image/png', base64: 'iVBORw0KGgo=' },
  });
});

it('one that is too large for a model is left out, and the text says so', async () => {
  const answer = await answerWith('A'.repeat(1_000_001));
  expect(answer).toMatchObject({ text: '1 series.\nThe picture is too large, and was left out.' });
  expect(answer).not.toHaveProperty('image');
});
