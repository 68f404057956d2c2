import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeClientHome } from '../support/claude/client-home.ts';
import { runHeadless } from '../support/claude/headless-exec.ts';
import { type Scripts, say, use } from '../support/claude/script.ts';
import { startScriptedModel } from '../support/claude/scripted-model.ts';
import { installClients } from '../support/clients/install-exec.ts';

const { claude } = await installClients();
const CLI = join(import.meta.dirname, '../../cli/main.ts');
const OVER = say('Turn over.');
/** The client asks nobody: what stops a call now is ours. */
const SKIP = ['--dangerously-skip-permissions', '--settings', '{"skipDangerousModePermissionPrompt":true}'];

/** The real client with what `install` writes, and a model that does one thing. */
async function installed(
  scriptsFor: (folder: string) => Scripts,
  change: (settings: string) => string = (text) => text,
) {
  const at = await makeClientHome();
  const model = await startScriptedModel(scriptsFor(at.claude));
  onTestFinished(async () => {
    await model.stop();
    await at.remove();
  });
  await execa(process.execPath, [CLI, 'install', '--yes'], {
    env: { HOME: at.home, PATH: '/usr/bin:/bin' },
    extendEnv: false,
  });
  const settings = join(at.claude, 'settings.json');
  writeFileSync(settings, change(readFileSync(settings, 'utf8')));
  const result = async (script: string) => {
    await runHeadless({ claude, at, modelUrl: model.url, prompt: `[[script:${script}]] Do it.`, args: SKIP });
    return model.results(script);
  };
  return result;
}

const shell = (command: string) => [use('Bash', { command, description: 'Look' }), OVER];
const edit = (folder: string) => [
  use('Write', { file_path: join(folder, 'settings.local.json'), content: '{"disableAllHooks":true}' }),
  OVER,
];

describe('what install writes, in the real client', () => {
  it('stops a shell that goes round, says what to use, and lets the others pass', async () => {
    const result = await installed(() => ({ round: shell('sudo kubectl get pods'), other: shell('echo fine') }));
    expect(await result('round')).toMatchObject([
      { isError: true, text: expect.stringContaining('mcp__kubectl__get') },
    ]);
    expect(await result('other')).toMatchObject([{ isError: false, text: expect.stringContaining('fine') }]);
  });

  it('blocks every call when the hook cannot run', async () => {
    const result = await installed(
      () => ({ other: shell('echo fine') }),
      (text) => text.replace('guard.js', 'gone.js'),
    );
    expect(await result('other')).toMatchObject([{ isError: true }]);
  });

  it('keeps the settings from the model by the hook alone', async () => {
    const result = await installed(
      (folder) => ({ edit: edit(folder) }),
      (text) => text.replace('"deny"', '"nothing"'),
    );
    expect(await result('edit')).toMatchObject([
      { isError: true, text: expect.stringContaining('No configuration lifts this') },
    ]);
  });

  it('keeps the settings from the model by the permission rules alone', async () => {
    const result = await installed(
      (folder) => ({ edit: edit(folder) }),
      (text) => text.replace('"PreToolUse"', '"Nothing"'),
    );
    expect(await result('edit')).toMatchObject([
      { isError: true, text: expect.stringContaining('denied by your permission settings') },
    ]);
  });
});
