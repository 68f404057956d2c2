import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isExpression } from '../../../shared/workflow/liquid.ts';
import { evaluate } from '../../../shared/workflow/template.ts';
import { analyse } from '../../../shared/workflow/template-check.ts';

const SCOPE = {
  steps: { 'check-logs': { cause: 'oom', lines: 3, list: ['a', 'b'] }, skipped: null },
  inputs: { big: 'x'.repeat(1_000), nested: '{{ inputs.big }}' },
};

describe('an expression', () => {
  it.each([
    ["{{ steps.check-logs.cause == 'oom' }}", true],
    ["{{ steps.check-logs.cause == 'oom' and steps.check-logs.lines > 5 }}", false],
    ['{{ steps.check-logs.lines }}', 3],
    ['{{ steps.check-logs.lines | plus: 1 }}', 4],
    ['  {{ steps.check-logs }}\n', SCOPE.steps['check-logs']],
    ['{{ steps.skipped.cause }}', null],
    ["{{ steps.skipped.cause == 'oom' }}", false],
    ["{{ steps.check-logs.nothing | default: 'none' }}", 'none'],
    ['{{ not steps.skipped }}', true],
  ])('%s keeps its type', (text, value) => {
    expect(evaluate(text, SCOPE)).toEqual(value);
    expect(isExpression(text)).toBe(true);
  });

  it('within a text is written as text, a list or an object as JSON', () => {
    expect(evaluate('{{ steps.check-logs.lines }} of {{ steps.check-logs.list }}', SCOPE)).toBe('3 of ["a","b"]');
  });

  it('is evaluated once: what comes out of it is data', () => {
    expect(evaluate('{{ inputs.nested }}', SCOPE)).toBe('{{ inputs.big }}');
    expect(evaluate('see {{ inputs.nested }}', SCOPE)).toBe('see {{ inputs.big }}');
  });
});

describe('a template reaches nothing but its scope', () => {
  it.each([
    '{{ constructor }}',
    '{{ steps.constructor }}',
    '{{ steps.__proto__ }}',
    '{{ steps.check-logs.cause.constructor }}',
    '{{ steps.check-logs.list.push }}',
    '{{ steps.check-logs.hasOwnProperty }}',
    '{{ process }}',
    '{{ globalThis }}',
    '{{ this }}',
    "{{ ['constructor'] }}",
    "{{ steps['__proto__']['polluted'] }}",
    "{% include 'x' %}",
    "{% render 'x' %}",
    "{% layout 'x' %}",
    "{{ 'x' | where_exp: 'item', 'item' }}",
    "{{ 'now' | date: '%s' }}",
    '{{ steps.check-logs.list | sample }}',
  ])('%s', (text) => {
    expect(() => evaluate(text, SCOPE)).toThrow(/undefined variable|not found|undefined filter/);
  });

  const word = fc.constantFrom(
    ...['steps', 'inputs', 'constructor', '__proto__', 'prototype', 'toString', 'valueOf', 'size', 'first', 'last'],
    ...['check-logs', 'cause', 'list', 'process', 'env', 'call', 'then', 'toLiquid', '0', "['__proto__']"],
  );

  it('whatever path it takes, and changes nothing there', () => {
    const before = JSON.stringify(SCOPE);
    const reachable = new Set(['null', '3', ...(JSON.stringify([SCOPE]).match(/"[^"]*"|\d+/g) ?? [])]);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), (path) => {
        const text = `{{ ${path.join('.').replaceAll('.[', '[')} }}`;
        let value: unknown;
        try {
          value = evaluate(text, SCOPE);
        } catch {
          return;
        }
        const told = JSON.stringify(value) ?? 'null';
        // A value of the scope, or the size of one of its texts, lists and objects.
        const inScope =
          before.includes(told) ||
          reachable.has(told) ||
          z.number().max(1_000).safeParse(value).success ||
          told === JSON.stringify(SCOPE) ||
          isPair(value);
        expect(inScope, `${text} gave ${told.slice(0, 100)}`).toBe(true);
      }),
      { numRuns: 2_000 },
    );
    expect(JSON.stringify(SCOPE)).toBe(before);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

/** `first` of an object gives its first entry, as a pair. */
function isPair(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2;
}

describe('a template bomb is stopped', () => {
  it.each([
    ['loops within loops', '{% for i in (1..2000) %}{% for j in (1..2000) %}x{% endfor %}{% endfor %}'],
    ['a range without end', '{% for i in (1..999999999) %}x{% endfor %}'],
    ['a text that doubles', `{% assign x = inputs.big %}${'{% assign x = x | append: x %}'.repeat(40)}{{ x }}`],
    [
      'a text that replaces itself',
      `{% assign x = inputs.big %}${"{% assign x = x | replace: 'x', inputs.big %}".repeat(4)}{{ x }}`,
    ],
    ['a long output', '{% for i in (1..1000) %}{{ inputs.big }}{% endfor %}'],
    ['a long template', `${'x'.repeat(60_000)}{{ inputs.big }}`],
    [
      'many loops that allocate little',
      '{% for i in (1..1000) %}{% for j in (1..900) %}{{ inputs.big }}{% endfor %}{% endfor %}',
    ],
  ])('%s', (_, text) => {
    const began = performance.now();
    expect(() => evaluate(text, SCOPE)).toThrow(/limit exceeded|more than 200000 characters|Invalid string length/);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});

describe('a typing error', () => {
  it.each([
    ['{{ steps.a = 3 }}', 'no filter'],
    ['{{ steps. }}', '"." is not understood'],
    ['{{ steps.a | nofilter }}', 'undefined filter: nofilter'],
    ['{{ }}', 'invalid value expression'],
    ['{% if steps.a %}', 'not closed'],
  ])('%s is found before anything runs', (text, reason) => {
    expect(
      analyse(text)
        .problems.map((problem) => problem.reason)
        .join(),
    ).toContain(reason);
  });
});
