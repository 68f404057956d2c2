import { describe, expect, it } from 'vitest';
import { linesOf } from '../../../dashboard/views/preview.tsx';
import { diffLines } from '../../../shared/kernel/line-diff.ts';
import { anApproval } from '../../support/builders.ts';
import { get } from './plane.ts';
import { NOW } from './sample/times.ts';

const kinds = (details: string) => linesOf(details).map(({ kind }) => kind);

describe('a preview', () => {
  it('tells added from removed lines in every hunk that our own diff makes', () => {
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`);
    const { text } = diffLines(lines.join('\n'), lines.with(1, 'one').with(18, '').join('\n'));
    expect(kinds(text).join(' ')).toBe('hunk same del add same same same hunk same same same del add same same');
  });

  it('takes a list with hyphens around a diff for text', () => {
    expect(kinds('goes with it:\n- Pod/a\n+ more\n@@ -1 +1 @@\n-a\n+b\n\n- Pod/b')).toEqual([
      'text',
      'text',
      'text',
      'hunk',
      'del',
      'add',
      'text',
      'text',
    ]);
  });

  it('takes a file of the diff that begins like a header for what it is', () => {
    expect(kinds('@@ -1 +1 @@\n--- a\n+++ b')).toEqual(['hunk', 'del', 'add']);
  });

  it('is folded when it is long, and says how much of the rest changes something', async () => {
    const details = ['@@ -1 +1 @@', ...Array.from({ length: 30 }, (_, index) => `+line ${index}`)].join('\n');
    const { html } = await get({ approvals: [anApproval({ details, expiresAt: NOW + 60_000 })] }, '/pending');
    expect(html).toContain('19 more lines, 19 of them changed');
    expect(html).toContain('+line 29');
    const alone = await get(
      { approvals: [anApproval({ details, expiresAt: NOW + 60_000 })] },
      '/pending/ap-0000000001',
    );
    expect(alone.html).not.toContain('more lines');
  });
});
