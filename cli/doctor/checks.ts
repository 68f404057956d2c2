import { accessSync, constants, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { readConfig } from '../../shared/config/config.ts';
import { policyFrom, readSettings } from '../../shared/config/settings.ts';
import { arrayAt, at } from '../../shared/kernel/json.ts';
import { count } from '../../shared/kernel/text.ts';
import { type BundleName, bundleProblem } from '../bundles.ts';
import type { Context } from '../context.ts';
import { readText } from '../files.ts';
import { parseJsonc } from '../install/merge.ts';
import { SERVERS, wantedSettings } from '../install/wanted.ts';
import { readPassphrase } from '../passphrase/passphrase.ts';
import { bad, type Finding, good, INSTALL } from './finding.ts';
import { probeHook } from './hook-probe-exec.ts';
import { probeServer } from './mcp-probe-exec.ts';

/** Milliseconds that a server may take to list its tools, on a Raspberry Pi under load. */
const ANSWER = 10_000;

export function bundles({ root }: Context): Finding {
  const problems = ([...SERVERS, 'guard'] satisfies BundleName[]).flatMap((name) => bundleProblem(root, name) ?? []);
  return problems.length === 0 ? good('built') : bad(problems.join('; '), `Build them: ${INSTALL.toLowerCase()}`);
}

export function policy({ paths }: Context): Finding {
  if (!existsSync(paths.settings)) return bad(`${paths.settings} is missing, so the default policy holds`, INSTALL);
  const { rules, gitops } = policyFrom(paths.settings)();
  return good(`${count(rules.length, 'rule')}, gitops: ${gitops}`);
}

export async function configuration({ paths }: Context): Promise<Finding> {
  await readConfig(paths.config);
  return good(existsSync(paths.config) ? paths.config : 'no k8s-agent.yaml, so the defaults hold');
}

export async function hook({ paths }: Context): Promise<Finding> {
  const entries = arrayAt(readSettings(paths.settings), 'hooks', 'PreToolUse');
  const found = entries.flatMap((entry) => arrayAt(entry, 'hooks')).map((entry) => hookSchema.safeParse(entry).data);
  const guard = found.find((entry) => /[\\/]guard\.js$/.test(entry?.args[0] ?? ''));
  if (guard === undefined) return bad('the guard hook is not registered in settings.json', INSTALL);
  if (guard.onFailure !== 'block') return bad('the guard hook fails open: "onFailure" is not "block"', INSTALL);
  if (at(readSettings(paths.settings), 'disableAllHooks') === true)
    return bad('"disableAllHooks" is on in settings.json', 'Remove it.');
  const folder = mkdtempSync(join(tmpdir(), 'k8s-agent-doctor-'));
  try {
    const problem = await probeHook(guard.command, guard.args[0] ?? '', folder, ANSWER);
    return problem === undefined
      ? good('it refuses "kubectl get pods" in a shell')
      : bad(`the guard hook does not work: ${problem}`, INSTALL);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const hookSchema = z.object({ command: z.string(), args: z.array(z.string()), onFailure: z.string().optional() });

export function permissions(context: Context): Finding {
  const settings = readSettings(context.paths.settings);
  const missing = wantedSettings(context).flatMap(({ kind, path, value }) => {
    if (kind !== 'item' || path[0] !== 'permissions') return [];
    return arrayAt(settings, ...path).some((item) => isDeepStrictEqual(item, value))
      ? []
      : [`${path[1]} ${String(value)}`];
  });
  return missing.length === 0
    ? good('allow and deny rules are there')
    : bad(`missing in settings.json: ${missing.join(', ')}`, INSTALL);
}

const serverSchema = z.object({
  command: z.string(),
  args: z.array(z.string()).default([]),
  env: z.record(z.string(), z.string()).default({}),
});

export async function servers({ claudeJson }: Context): Promise<Finding> {
  const registered = parseJsonc(readText(claudeJson) ?? '{}', claudeJson);
  const seen: string[] = [];
  for (const server of SERVERS) {
    const entry = serverSchema.safeParse(at(registered, 'mcpServers', server));
    if (!entry.success) return bad(`the ${server} server is not registered in ${claudeJson}`, INSTALL);
    const tools = await probeServer(server, entry.data, ANSWER);
    if (tools === 0) return bad(`the ${server} server lists no tools`, INSTALL);
    seen.push(`${server}: ${count(tools, 'tool')}`);
  }
  return good(seen.join(', '));
}

export function folders({ paths }: Context): Finding {
  const problems = [paths.actionLogs, paths.workflowLogs, paths.state, paths.calls].flatMap((folder) => {
    if (!existsSync(folder)) return [`${folder} is missing`];
    return isWritable(folder) ? [] : [`${folder} cannot be written`];
  });
  return problems.length === 0
    ? good('writable')
    : bad(problems.join('; '), `${INSTALL}; correct owner and mode of what is there`);
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export function passphrase({ paths }: Context): Finding {
  if (readPassphrase(paths.passphrase) !== undefined) return good('set');
  return bad(
    'no approver’s passphrase is set: approvals can only be answered where the agent runs',
    'Run in a terminal: k8s-agent passphrase',
  );
}
