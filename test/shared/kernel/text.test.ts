import { describe, expect, it } from 'vitest';
import { maskText } from '../../../shared/kernel/secrets.ts';
import { capText, neutralize, oneLine } from '../../../shared/kernel/text.ts';

describe('neutralize', () => {
  it.each([
    ['a terminal escape', '\u001b[31mred', '<U+001B>[31mred'],
    ['a right-to-left override', 'abc\u202etxt.exe', 'abc<U+202E>txt.exe'],
    ['a zero-width space', 'kube\u200bsystem', 'kube<U+200B>system'],
    ['a tag character', 'hi\u{e0041}', 'hi<U+E0041>'],
    ['a C1 control', '\u009b31m', '<U+009B>31m'],
    ['a carriage return that would overwrite the line', 'real\rfake', 'real\nfake'],
  ])('shows %s', (_, text, shown) => {
    expect(neutralize(text)).toBe(shown);
  });

  it('leaves letters, tabs, line ends and emoji alone', () => {
    expect(neutralize('größe\t5 → 6\nok ✅')).toBe('größe\t5 → 6\nok ✅');
  });
});

describe('maskText', () => {
  it.each([
    ['password=hunter22', 'password=***'],
    ['"apiKey": "abcd1234"', '"apiKey": "***"'],
    ['postgres://app:s3cr3t@db:5432/x', 'postgres://app:***@db:5432/x'],
    ['Authorization: Bearer abcdefghijklmnopqrstuvwx', 'Authorization: Bearer ***'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc', '***'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----', '***'],
    ['tokens are counted; a secret is kept', 'tokens are counted; a secret is kept'],
  ])('turns %j into %j', (text, masked) => {
    expect(maskText(text)).toBe(masked);
  });

  it('comes to an end on a megabyte of hostile text', () => {
    expect(maskText('password'.repeat(125_000))).toHaveLength(1_000_000);
    expect(maskText('://a:'.repeat(200_000))).toHaveLength(1_000_000);
  });
});

describe('capping', () => {
  it('cuts at a line’s end and says how much is gone', () => {
    expect(capText('first line\nsecond line\nthird', 25)).toEqual({ text: 'first line\nsecond line', cut: 6 });
    expect(capText('short', 25)).toEqual({ text: 'short', cut: 0 });
  });

  it('makes one line of many', () => {
    expect(oneLine('a\n b\tc', 10)).toBe('a b c');
    expect(oneLine('abcdefghij', 5)).toBe('abcd…');
    expect(oneLine('abc😀efghij', 5)).toBe('abc…');
  });
});
