import { expect, it } from 'vitest';
import { isApprover } from '../../dashboard/auth/oidc.ts';

it.each([
  ['a name', ['ada'], '7', 'ada', true],
  ['a subject', ['sub:7'], '7', 'ada', true],
  ['everybody', ['*'], '7', undefined, true],
  ['somebody else', ['ada'], '8', 'eve', false],
  ['who has renamed themselves to another’s subject', ['sub:7'], '8', '7', false],
  ['who has renamed themselves to the entry of a subject', ['7'], '7', 'eve', false],
  ['who has found a name with a colon', ['sub:7'], '8', 'sub:7', false],
  ['nobody at all', [''], undefined, '', false],
])('lets approve, by the identity provider’s word: %s', (_who, approvers, sub, username, may) => {
  expect(isApprover(approvers, sub, username)).toBe(may);
});
