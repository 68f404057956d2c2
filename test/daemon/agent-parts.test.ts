import { chmodSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openAgents, pruneTranscripts } from '../../daemon/agent/agents.ts';
import { profileOf } from '../../daemon/agent/profile.ts';
import { reasonOf } from '../../daemon/agent/reasons.ts';
import { type Paths, pathsIn } from '../../shared/kernel/paths.ts';
import { tempFolder } from '../support/gate-rig.ts';

let paths: Paths;

beforeEach(() => {
  paths = pathsIn(join(tempFolder(), '.claude'));
  mkdirSync(paths.agents, { recursive: true });
});

function anAgent(name: string, tools: string) {
  writeFileSync(join(paths.agents, `${name}.md`), `---\ndescription: x\ntools: ${tools}\n---\n\nYou are ${name}.\n`);
  writeFileSync(
    paths.settings,
    JSON.stringify({ agents: { [name]: { model: 'opus', promptFile: `agents/${name}.md` } } }),
  );
}

const allowed = (name: string, only?: readonly string[]) =>
  Object.fromEntries([...profileOf(paths, name, only).servers].map(([server, tools]) => [server, tools.allowed]));

describe('what an agent may use', () => {
  it('is what its file names of our servers; a chat’s other tools do not count, nor does the server of workflows', () => {
    anAgent('lead', 'Agent(k8s-diagnostician), Read, mcp__kubectl__health, mcp__argocd__list_apps, mcp__workflows__*');
    expect(allowed('lead')).toEqual({ kubectl: ['health'], argocd: ['list_apps'] });
    expect(profileOf(paths, 'lead', undefined)).toMatchObject({ prompt: 'You are lead.' });
  });

  it('is narrowed by the tools of a named action, and never widened', () => {
    anAgent('git', 'mcp__gitea__*');
    expect(allowed('git', ['gitea.get_file', 'kubectl.get'])).toEqual({ gitea: ['get_file'] });
    expect(profileOf(paths, 'git', ['gitea.get_file']).servers.get('gitea')?.hidden).toContain('merge_pull');
  });

  it('is nothing where its file names none of ours', () => {
    anAgent('writer', 'Read, mcp__notes__*, mcp__kubectlx__get');
    expect(allowed('writer')).toEqual({});
  });

  it('cannot be told without its file, or its name', () => {
    anAgent('lead', 'mcp__kubectl__*');
    expect(() => profileOf(paths, 'nobody', undefined)).toThrow(/no agent "nobody"/);
    writeFileSync(join(paths.agents, 'lead.md'), 'no frontmatter');
    expect(() => profileOf(paths, 'lead', undefined)).toThrow(/names no tools/);
  });
});

describe('a reason', () => {
  it.each([
    [{ status: 401, error: 'authentication_failed' }, /\(HTTP 401\).*does not help/],
    [{ status: 429 }, /\(HTTP 429\).*later makes sense/],
    [{ status: 503 }, /\(HTTP 503\).*later makes sense/],
    [{ status: 404, error: 'model_not_found' }, /does not know the model.*\(HTTP 404\)/],
    [{ status: 418 }, /refused the request \(HTTP 418\).*does not help/],
    [{ status: null, error: 'server_error' }, /cannot be reached/],
    [{ error: 'billing_error' }, /cannot pay/],
    [{ subtype: 'error_max_turns' }, /as many turns/],
    [{ subtype: 'error_that_is_new' }, /ended as error_that_is_new/],
    [{}, /broke off/],
  ])('%j says what it means, and whether to try again', (failure, said) => {
    expect(reasonOf(failure)).toMatch(said);
    expect(reasonOf(failure)).toMatch(/[Tt]rying again/);
  });
});

describe('what is missing before an agent can work', () => {
  const found = async (env: Record<string, string>) => {
    const options = { paths, node: process.execPath, bundle: async () => '', log: () => {} };
    const missing = await openAgents({ ...options, env }).missing();
    return missing && `${missing.message} ${missing.hint}`;
  };

  function aClaude(version: string): string {
    const bin = join(paths.home, 'bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'claude'), `#!/bin/sh\necho '${version} (Claude Code)'\n`);
    chmodSync(join(bin, 'claude'), 0o755);
    return `${bin}:/usr/bin:/bin`;
  }

  it('is Claude Code, with how to install it', async () => {
    expect(await found({ PATH: join(paths.home, 'none') })).toMatch(/no claude on the PATH.*npm install/);
  });

  it('is a newer Claude Code', async () => {
    expect(await found({ PATH: aClaude('2.1.99') })).toMatch(/version 2\.1\.99.*2\.1\.261 or newer/);
  });

  it('is a way to pay, and the login of a terminal is none', async () => {
    const PATH = aClaude('2.1.330');
    expect(await found({ PATH })).toMatch(/no credentials.*claude setup-token/);
    writeFileSync(join(paths.home, '.credentials.json'), '{}');
    expect(await found({ PATH, ANTHROPIC_API_KEY: '' })).toMatch(/login of a terminal is not used/);
  });

  it('is an agent’s file', async () => {
    const env = { PATH: aClaude('2.1.330'), CLAUDE_CODE_OAUTH_TOKEN: 't' };
    anAgent('lead', 'mcp__kubectl__*');
    expect(await found(env)).toBeUndefined();
    writeFileSync(
      paths.settings,
      JSON.stringify({ agents: { lead: { model: 'opus', promptFile: 'agents/other.md' } } }),
    );
    expect(await found(env)).toMatch(/lead has no prompt.*k8s-agent install/);
  });
});

it('old transcripts are deleted, and what sessions have left that never ended', async () => {
  const folder = join(paths.state, 'agents');
  mkdirSync(join(folder, 'dead', 'projects'), { recursive: true });
  for (const name of ['old.jsonl', 'new.jsonl']) writeFileSync(join(folder, name), '{}');
  for (const name of ['old.jsonl', 'dead']) utimesSync(join(folder, name), 1_000, 1_000);
  await pruneTranscripts(paths, 2_000_000);
  expect(readdirSync(folder)).toEqual(['new.jsonl']);
});
