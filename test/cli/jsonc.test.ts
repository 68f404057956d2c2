import fc from 'fast-check';
import { parse } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { addItem, addKey, remove, replace } from '../../cli/install/jsonc.ts';

const DOCUMENTS = {
  'an empty object over two lines': '{\n}\n',
  'only a comment': '{\n  // only a comment\n}\n',
  'comments behind and between': '{\n\t"a": [1, 2], // x\n\t"b": {} // y\n\t// z\n}\n',
  'a trailing comma and Windows line ends': '{\r\n    "a": 1,\r\n    "b": [ ],\r\n}\r\n',
  'a comma behind a comment': '{\n  "a": 1 /* c, */ , // d\n}',
  'an odd closing bracket': '{\n  "a": {"x": 1}\n  }',
  'no line end at the end': '{\n  "a": "// no comment, }"\n}',
};

describe('adding to JSON with comments', () => {
  it.each(Object.entries(DOCUMENTS))('takes nothing from %s, and removing gives it back', (_, text) => {
    const added = addKey(text, [], 'new', { k: [1, { z: 2 }] });
    expect(parse(added, [], { allowTrailingComma: true })).toEqual({
      ...parse(text, [], { allowTrailingComma: true }),
      new: { k: [1, { z: 2 }] },
    });
    expect(remove(added, ['new'])).toBe(text);
  });

  it('keeps comments at their lines', () => {
    const text = '{\n  "p": [\n    "x", // first\n    "y" // second\n  ]\n}';
    expect(addItem(text, ['p'], 'Z')).toBe('{\n  "p": [\n    "x", // first\n    "y", // second\n    "Z"\n  ]\n}');
  });

  it('uses the indentation and line ends of the file', () => {
    expect(addKey('{\r\n\t"a": 1\r\n}', [], 'b', { c: 1 })).toBe(
      '{\r\n\t"a": 1,\r\n\t"b": {\r\n\t\t"c": 1\r\n\t}\r\n}',
    );
  });

  it('leaves one-line neighbours on their line', () => {
    expect(addKey('{ "a": [1, 2] }', [], 'b', 1)).toContain('{ "a": [1, 2],\n  "b": 1');
  });

  it('says where something else stands than was expected', () => {
    expect(() => addItem('{"hooks": {"PreToolUse": "x"}}', ['hooks', 'PreToolUse'], 1)).toThrow(
      '"hooks.PreToolUse" is not array',
    );
  });
});

describe('removing from JSON with comments', () => {
  const text = '{\n  "a": 1, // one\n  "b": 2, // two\n  "c": 3 // three\n}\n';

  it.each([
    ['a', { b: 2, c: 3 }],
    ['b', { a: 1, c: 3 }],
    ['c', { a: 1, b: 2 }],
  ])('keeps every comment when %s goes', (key, rest) => {
    const removed = remove(text, [key]);
    expect(parse(removed)).toEqual(rest);
    for (const comment of ['// one', '// two', '// three']) expect(removed).toContain(comment);
  });

  it('does not let a line comment swallow what follows', () => {
    const removed = remove('{\n  "a": 1, // one\n  "b": 2\n}', ['b']);
    expect(parse(removed)).toEqual({ a: 1 });
    expect(removed).toMatch(/\n\}$/);
  });
});

describe('replacing', () => {
  it('touches the value alone', () => {
    expect(replace('{ "a": /* was */ 1, "b": 2 }', ['a'], { c: 3 })).toBe(
      '{ "a": /* was */ {\n    "c": 3\n  }, "b": 2 }',
    );
  });
});

describe('any document', () => {
  const value = fc.jsonValue({ maxDepth: 3 });
  const key = fc.string({ minLength: 1 }).filter((text) => text !== '__proto__');

  it('keeps its other keys through adding and removing', () => {
    fc.assert(
      fc.property(fc.dictionary(key, value, { maxKeys: 5 }), fc.constantFrom(undefined, 2, '\t'), (object, indent) => {
        fc.pre(!Object.hasOwn(object, 'ours'));
        const text = JSON.stringify(object, null, indent);
        const added = addKey(text, [], 'ours', [1]);
        expect(JSON.parse(added)).toEqual({ ...JSON.parse(text), ours: [1] });
        expect(JSON.parse(remove(added, ['ours']))).toEqual(JSON.parse(text));
      }),
    );
  });
});
