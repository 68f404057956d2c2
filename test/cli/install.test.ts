import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { contextFor } from '../../cli/context.ts';
import { installLayout } from '../../cli/install/install.ts';
import { manifestFile } from '../../cli/install/manifest.ts';
import { uninstallLayout } from '../../cli/install/uninstall.ts';
import { isPassphrase } from '../../cli/passphrase/passphrase.ts';
import { runCli } from '../../cli/program.ts';
import { NODE_FLAGS } from '../../shared/boot/launch.ts';
import { sha256 } from '../../shared/kernel/digest.ts';
import { parsePolicy } from '../../shared/policy/policy.ts';
import { aMachine, aPackage } from './machine.ts';

const read = (file: string) => readFileSync(file, 'utf8');
const MINE = `{
  // my own comment
  "model": "opus", // keep me
  "permissions": { "allow": ["Read"], "deny": [] },
  "hooks": {
    "PreToolUse": [
      { "matcher": "Bash", "hooks": [{ "type": "command", "command": "true" }] } /* mine */
    ]
  },
}
`;

/** Every file below a folder with its text, the log and state folders left out. */
function snapshot(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('/k8s-agent/'));
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length + 1), read(path)]));
}

describe('install', () => {
  it("writes the seed's layout into an empty home", () => {
    const { context, folder } = aMachine();
    installLayout(context);
    const files = Object.keys(snapshot(folder)).sort();
    expect(files.filter((file) => !file.startsWith('.claude/workflows/'))).toEqual([
      '.claude.json',
      '.claude/agents/argocd-operator.md',
      '.claude/agents/git-operator.md',
      '.claude/agents/k8s-diagnostician.md',
      '.claude/agents/k8s-orchestrator.md',
      '.claude/agents/prometheus-analyst.md',
      '.claude/settings.json',
      '.claude/skills/cluster-status/SKILL.md',
      '.claude/skills/deploy/SKILL.md',
      '.claude/skills/diagnose/SKILL.md',
      '.claude/skills/rollback/SKILL.md',
      '.claude/skills/workflow/SKILL.md',
    ]);
    expect(files).toEqual(
      expect.arrayContaining(
        [
          'health/cluster-health-check.yaml',
          'health/node-pressure-response.yaml',
          'deploy/deploy-app.md',
          'deploy/rollback-app.yaml',
          'incidents/pod-crashloop.yaml',
          'actions/report.yaml',
          'workflow.schema.gen.json',
          'action.schema.gen.json',
        ].map((file) => `.claude/workflows/${file}`),
      ),
    );
    for (const path of ['logs/actions', 'logs/workflows', 'k8s-agent/calls']) {
      expect(statSync(join(context.paths.home, path)).mode & 0o777).toBe(0o700);
    }
  });

  it('writes a policy that the gate accepts', () => {
    const { context } = aMachine();
    installLayout(context);
    expect(parsePolicy(parse(read(context.paths.settings)).autonomy).rules).toHaveLength(17);
  });

  it("keeps every line of the user's settings", () => {
    const { context, file } = aMachine();
    const settings = file('.claude/settings.json', MINE);
    installLayout(context);
    const text = read(settings);
    for (const part of ['// my own comment', '"model": "opus", // keep me', '/* mine */', '"command": "true"']) {
      expect(text).toContain(part);
    }
    const value = parse(text, [], { allowTrailingComma: true });
    expect(value.permissions.allow).toEqual([
      'Read',
      'mcp__kubectl__*',
      'mcp__argocd__*',
      'mcp__prometheus__*',
      'mcp__gitea__*',
      'mcp__workflows__*',
    ]);
    expect(value.hooks.PreToolUse).toHaveLength(2);
    expect(value.hooks.PreToolUse[1].hooks[0]).toMatchObject({ command: process.execPath, onFailure: 'block' });
  });

  it('registers the server with absolute paths and this home', () => {
    const { context } = aMachine();
    installLayout(context);
    expect(JSON.parse(read(context.claudeJson)).mcpServers.kubectl).toEqual({
      type: 'stdio',
      command: process.execPath,
      args: [...NODE_FLAGS, join(context.root, 'dist/kubectl.js')],
      env: { K8S_AGENT_HOME: context.paths.home },
    });
  });

  it('has the client wait for the workflows, and for no other server', () => {
    const { context } = aMachine();
    installLayout(context);
    const servers = Object.entries<object>(JSON.parse(read(context.claudeJson)).mcpServers);
    expect(servers.filter(([, server]) => 'alwaysLoad' in server).map(([name]) => name)).toEqual(['workflows']);
  });

  it('changes nothing the second time, and says so', () => {
    const { context, file, folder } = aMachine();
    file('.claude/settings.json', MINE);
    installLayout(context);
    const before = snapshot(folder);
    expect(installLayout(context)).toEqual([]);
    expect(snapshot(folder)).toEqual(before);
  });

  it("leaves the user's own agents and autonomy alone", () => {
    const { context, file } = aMachine();
    const autonomy = { safe_actions: ['get'], confirm_actions: [], forbidden_actions: ['delete'] };
    const agents = { 'k8s-diagnostician': { model: 'haiku', promptFile: 'agents/k8s-diagnostician.md' } };
    file('.claude/settings.json', JSON.stringify({ autonomy, agents }));
    installLayout(context);
    const value = parse(read(context.paths.settings));
    expect(value.autonomy).toEqual(autonomy);
    expect(value.agents).toMatchObject(agents);
    expect(read(join(context.paths.agents, 'k8s-diagnostician.md'))).toContain('model: haiku');
  });

  it('follows a model that is changed in the settings', () => {
    const { context } = aMachine();
    installLayout(context);
    writeFileSync(context.paths.settings, read(context.paths.settings).replace('"sonnet"', '"haiku"'));
    expect(installLayout(context)).toEqual([expect.stringContaining('updated')]);
    expect(read(join(context.paths.agents, 'k8s-diagnostician.md'))).toContain('model: haiku');
  });

  it.each(['agents/k8s-diagnostician.md', 'skills/deploy/SKILL.md', 'workflows/deploy/deploy-app.md'])(
    'keeps %s that the user has changed, and says so',
    (path) => {
      const { context } = aMachine();
      installLayout(context);
      const file = join(context.paths.home, path);
      writeFileSync(file, `${read(file)}\nAlways answer in rhyme.\n`);
      expect(installLayout(context)).toEqual([
        `kept ${file}: you have changed it (remove it, and install again, to get ours)`,
      ]);
      expect(read(file)).toContain('rhyme');
      expect(uninstallLayout(context)).toContain(`kept ${file}: you have changed it`);
      expect(read(file)).toContain('rhyme');
    },
  );

  it('takes out what an earlier version brought, and leaves it where the user has changed it', () => {
    const { context, file } = aMachine();
    installLayout(context);
    const old = file('.claude/skills/old/SKILL.md', 'old');
    const mine = file('.claude/workflows/old/mine.yaml', 'changed since');
    const manifest = JSON.parse(read(manifestFile(context.paths)));
    manifest.files.push({ path: old, sha256: sha256('old') }, { path: mine, sha256: sha256('as installed') });
    writeFileSync(manifestFile(context.paths), JSON.stringify(manifest));
    expect(installLayout(context)).toEqual([`removed ${old}`, `kept ${mine}: you have changed it`]);
    expect([existsSync(dirname(old)), existsSync(mine), existsSync(context.paths.skills)]).toEqual([false, true, true]);
    expect(installLayout(context)).toEqual([]);
  });

  it('reads what a version without skills and workflows wrote down', () => {
    const { context, folder } = aMachine();
    installLayout(context);
    const { files, ...rest } = JSON.parse(read(manifestFile(context.paths)));
    const agents = files.filter(({ path }: { path: string }) => path.includes('/agents/'));
    writeFileSync(manifestFile(context.paths), JSON.stringify({ ...rest, version: 1, agents }));
    rmSync(context.paths.skills, { recursive: true });
    rmSync(context.paths.workflows, { recursive: true });
    expect(installLayout(context)).toEqual([
      expect.stringMatching(/^created 5 files in .*skills$/),
      expect.stringMatching(/^created \d+ files in .*workflows$/),
    ]);
    uninstallLayout(context);
    expect(snapshot(folder)).toEqual({});
  });

  it('backs up each of many files with the same name, and puts all of them back', () => {
    const { context, file, folder } = aMachine();
    for (const skill of ['deploy', 'rollback']) file(`.claude/skills/${skill}/SKILL.md`, `my own ${skill}`);
    const before = snapshot(folder);
    installLayout(context);
    const backups = join(context.paths.state, 'backups');
    expect(readdirSync(backups).map((name) => read(join(backups, name)))).toEqual(['my own deploy', 'my own rollback']);
    uninstallLayout(context);
    expect(snapshot(folder)).toEqual(before);
  });

  it.each([
    ['broken', '{\n  "model": "opus"\n  "x": 1\n}', /CommaExpected at line 3, column 3/],
    ['a list', '[]', /not a JSON object/],
    ['empty', '', /line 1, column 1/],
    ['written with hooks that are no object', '{"hooks": []}', /hooks/],
    ['written with a key twice', '{"permissions": {"allow": "x"}, "permissions": {}}', /permissions/],
  ])('touches nothing when settings.json is %s', (_, text, message) => {
    const { context, file, folder } = aMachine();
    file('.claude/settings.json', text);
    const before = snapshot(folder);
    expect(() => installLayout(context)).toThrow(message);
    expect(snapshot(folder)).toEqual(before);
    expect(existsSync(context.paths.state)).toBe(false);
  });

  it('touches nothing when .claude.json is broken', () => {
    const { context, file, folder } = aMachine();
    file('.claude.json', '{');
    const before = snapshot(folder);
    expect(() => installLayout(context)).toThrow(/\.claude\.json is broken/);
    expect(snapshot(folder)).toEqual(before);
  });

  it('keeps the mode of the settings, and a symbolic link to them', () => {
    const { context, file, folder } = aMachine();
    const real = file('dotfiles/settings.json', '{}\n');
    chmodSync(real, 0o640);
    mkdirSync(context.paths.home);
    symlinkSync(real, context.paths.settings);
    installLayout(context);
    expect(realpathSync(context.paths.settings)).toBe(realpathSync(join(folder, 'dotfiles/settings.json')));
    expect(statSync(real).mode & 0o777).toBe(0o640);
  });

  it('backs up what it changes', () => {
    const { context, file } = aMachine();
    file('.claude/settings.json', MINE);
    installLayout(context);
    const [backup = ''] = readdirSync(join(context.paths.state, 'backups'));
    expect(read(join(context.paths.state, 'backups', backup))).toBe(MINE);
  });

  it('replaces its own entries when it has moved, and adds none twice', () => {
    const { context } = aMachine();
    installLayout({ ...context, node: '/old/node' });
    installLayout(context);
    const value = parse(read(context.paths.settings));
    expect(value.hooks.PreToolUse).toHaveLength(1);
    expect(read(context.paths.settings)).not.toContain('/old/node');
    expect(read(context.claudeJson)).not.toContain('/old/node');
  });
});

describe('where the servers are registered', () => {
  it('is beside ~/.claude, and inside of a folder that CLAUDE_CONFIG_DIR names', () => {
    const { machine, folder } = aMachine();
    expect(contextFor(machine, undefined).claudeJson).toBe(join(folder, '.claude.json'));
    expect(contextFor(machine, join(folder, 'work')).claudeJson).toBe(join(folder, 'work/.claude.json'));
    const other = { ...machine, env: { CLAUDE_CONFIG_DIR: join(folder, '.claude') } };
    expect(contextFor(other, undefined).claudeJson).toBe(join(folder, '.claude/.claude.json'));
  });
});

describe('uninstall', () => {
  it('leaves an empty home as it was', () => {
    const { context, folder } = aMachine();
    installLayout(context);
    uninstallLayout(context);
    expect(snapshot(folder)).toEqual({});
  });

  it('gives the settings back byte for byte', () => {
    const { context, file, folder } = aMachine();
    file('.claude/settings.json', MINE);
    file('.claude.json', '{"numStartups": 3}');
    const before = snapshot(folder);
    installLayout(context);
    installLayout({ ...context, node: '/moved/node' });
    uninstallLayout(context);
    expect(snapshot(folder)['.claude/settings.json']).toBe(before['.claude/settings.json']);
    expect(JSON.parse(snapshot(folder)['.claude.json'] ?? '')).toEqual({ numStartups: 3 });
  });

  it('keeps what the user has written since', () => {
    const { context, file } = aMachine();
    file('.claude/settings.json', MINE);
    installLayout(context);
    const { settings } = context.paths;
    writeFileSync(settings, read(settings).replace('"Read"', '"Read", "Write"').replace('"drain",', ''));
    uninstallLayout(context);
    const value = parse(read(settings), [], { allowTrailingComma: true });
    expect(value.permissions).toEqual({ allow: ['Read', 'Write'], deny: [] });
    expect(value.hooks.PreToolUse).toHaveLength(1);
    expect(value.autonomy.forbidden_actions).toEqual(['cordon', 'delete node', 'reset']);
    expect(value.agents).toBeUndefined();
    expect(read(settings)).toContain('// my own comment');
  });

  it('does not remove a file that it made and the user has written into', () => {
    const { context } = aMachine();
    installLayout(context);
    const { settings } = context.paths;
    writeFileSync(settings, read(settings).replace('{', '{\n  "model": "opus",'));
    installLayout(context);
    uninstallLayout(context);
    expect(parse(read(settings))).toEqual({ model: 'opus' });
  });

  it("puts back a server and an agent of the user's with the same name", () => {
    const { context, file, folder } = aMachine();
    file('.claude.json', '{"mcpServers": {"kubectl": {"command": "mine"}}}');
    file('.claude/agents/k8s-diagnostician.md', 'my own agent');
    const before = snapshot(folder);
    expect(installLayout(context).join('\n')).toMatch(
      /your own "mcpServers.kubectl" was replaced[\s\S]*k8s-diagnostician.md \(backup/,
    );
    uninstallLayout(context);
    expect(JSON.parse(snapshot(folder)['.claude.json'] ?? '')).toEqual(JSON.parse(before['.claude.json'] ?? ''));
    expect(snapshot(folder)['.claude/agents/k8s-diagnostician.md']).toBe('my own agent');
  });

  it('keeps the audit log and says where it is', () => {
    const { context, file } = aMachine();
    installLayout(context);
    const log = file('.claude/logs/actions/2026-11-24-actions.jsonl', 'x\n');
    expect(uninstallLayout(context)?.join('\n')).toContain('the audit log');
    expect(read(log)).toBe('x\n');
  });

  it('says when nothing is installed', () => {
    expect(uninstallLayout(aMachine().context)).toBeUndefined();
  });

  it('gives back whatever JSON the settings were', () => {
    const { context } = aMachine();
    const value = fc.dictionary(
      fc.oneof(fc.constantFrom('model', 'env', 'permissions2'), fc.string()),
      fc.jsonValue({ maxDepth: 2 }),
      { maxKeys: 4 },
    );
    mkdirSync(context.paths.home, { recursive: true });
    fc.assert(
      fc.property(
        value,
        fc.constantFrom(undefined, 2, '\t'),
        fc.constantFrom('', '\n', '\n\n // end'),
        (object, indent, end) => {
          const text = `${JSON.stringify(object, null, indent)}${end}`;
          writeFileSync(context.paths.settings, text);
          installLayout(context);
          uninstallLayout(context);
          expect(read(context.paths.settings)).toBe(text);
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe('the commands', () => {
  it('install, say so when there is nothing to do, and take out again', async () => {
    const { machine, output, folder } = aPackage('', '');
    const home = join(folder, 'work');
    const cli = (command: string) => runCli(['--home', home, command], machine);
    expect([await cli('install'), await cli('install'), await cli('uninstall')]).toEqual([0, 0, 0]);
    expect(output()).toMatch(/created .*settings\.json[\s\S]*Nothing to change[\s\S]*removed .*settings\.json/);
    expect(snapshot(home)).toEqual({});
    await cli('uninstall');
    expect(output()).toContain(`Nothing is installed in ${home}`);
  });

  it('say how to set the passphrase where nobody can be asked', async () => {
    for (const given of [{ interactive: false }, { interactive: true, args: ['--yes'] }]) {
      const { machine, output, context } = aPackage('', '', { ...given, answers: ['correct horse', 'correct horse'] });
      expect(await runCli(['install', ...(given.args ?? [])], machine)).toBe(0);
      expect(output()).toContain('k8s-agent passphrase');
      expect(existsSync(context.paths.passphrase)).toBe(false);
    }
  });

  it('offer to set the passphrase at a terminal, and take an empty answer for later', async () => {
    const set = aPackage('', '', { interactive: true, answers: ['correct horse', 'correct horse'] });
    await runCli(['install'], set.machine);
    expect(await isPassphrase(set.context.paths.passphrase, 'correct horse')).toBe(true);
    const later = aPackage('', '', { interactive: true, answers: [''] });
    expect(await runCli(['install'], later.machine)).toBe(0);
    expect(existsSync(later.context.paths.passphrase)).toBe(false);
  });

  it('refuse a broken settings.json with a sentence, not a stack', async () => {
    const { machine, output, file } = aPackage('', '');
    file('.claude/settings.json', '{ "a": }');
    expect(await runCli(['install'], machine)).toBe(1);
    expect(output()).toMatch(
      /^.*settings\.json is broken: ValueExpected at line 1, column 8\.\nRepair it first; nothing was changed\.\n$/,
    );
  });
});
