import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { policyFrom, readSettings } from '../../../shared/config/settings.ts';
import { decide } from '../../../shared/policy/decide.ts';
import { anAction } from '../../support/builders.ts';
import { tempFolder } from '../../support/gate-rig.ts';

function settingsFile(text?: string): string {
  const file = join(tempFolder(), 'settings.json');
  if (text !== undefined) writeFileSync(file, text);
  return file;
}

describe('the policy in settings.json', () => {
  it('is the default where there is no file', () => {
    expect(decide(policyFrom(settingsFile())(), anAction()).kind).toBe('ask');
  });

  it('counts at once when the user makes it stricter', () => {
    const file = settingsFile('{"autonomy": {"safe_actions": ["scale"]}}');
    const policy = policyFrom(file);
    expect(decide(policy(), anAction()).kind).toBe('allow');
    writeFileSync(file, '{"autonomy": {"forbidden_actions": ["scale", "delete"]}}');
    expect(decide(policy(), anAction()).kind).toBe('deny');
    rmSync(file);
    expect(decide(policy(), anAction()).kind).toBe('ask');
  });

  it('lets the user’s other keys and comments stand', () => {
    const file = settingsFile('{\n  // mine\n  "model": "opus",\n  "autonomy": {"confirm_actions": ["get"]},\n}');
    expect(decide(policyFrom(file)(), anAction({ verb: 'get' })).kind).toBe('ask');
  });

  it.each([
    ['{"autonomy": ', 'line 1, column 14'],
    ['[]', 'not a JSON object'],
    ['{"autonomy": {"safe_actions": ["scael"]}}', 'scael'],
    ['{"autonomy": {"allow": []}}', 'allow'],
  ])('refuses everything when it is broken: %s', (text, message) => {
    expect(() => policyFrom(settingsFile(text))()).toThrow(message);
  });

  it('refuses everything when it cannot be read', () => {
    expect(() => policyFrom(join(settingsFile('{}'), 'below-a-file'))()).toThrow('cannot be used');
    expect(() => readSettings(tempFolder())).toThrow('cannot be used');
  });
});
