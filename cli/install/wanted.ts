import { join } from 'node:path';
import defaults from '../../claude-config/settings.json' with { type: 'json' };
import { NODE_FLAGS } from '../../shared/boot/launch.ts';
import { bundlePath } from '../bundles.ts';
import type { Context } from '../context.ts';
import { agentDefaults } from './agents.ts';
import type { Wanted } from './merge.ts';
import { domainFolder } from './sources.ts';

/** Servers that this version brings. */
export const SERVERS = ['kubectl', 'argocd', 'prometheus', 'gitea', 'workflows'] as const;

/** What install wants in the user's settings.json. Agents and autonomy are the user's as soon as they are there. */
export function wantedSettings(context: Context): readonly Wanted[] {
  return [
    ...Object.entries(agentDefaults(context)).map(
      ([name, value]): Wanted => ({ kind: 'key', path: ['agents', name], value, theirs: 'keep' }),
    ),
    { kind: 'key', path: ['autonomy'], value: defaults.autonomy, theirs: 'keep' },
    { kind: 'item', path: ['hooks', 'PreToolUse'], value: guardHook(context) },
    // The gate asks; without these the client would ask a second time.
    ...SERVERS.map((server): Wanted => ({ kind: 'item', path: ['permissions', 'allow'], value: `mcp__${server}__*` })),
    ...denied(context).map((value): Wanted => ({ kind: 'item', path: ['permissions', 'deny'], value })),
  ];
}

/** Started without a shell, for every tool; a failure of any kind blocks the call. */
function guardHook({ node, root, paths }: Context) {
  const args = [bundlePath(root, 'guard'), '--home', paths.home];
  return { matcher: '*', hooks: [{ type: 'command', command: node, args, timeout: 10, onFailure: 'block' }] };
}

/** Edit rules count for every tool that writes files. `//` starts an absolute path. */
function denied({ paths, claudeJson }: Context): readonly string[] {
  const files = [paths.settings, join(paths.home, 'settings.local.json'), paths.config, claudeJson];
  const folders = [
    paths.agents,
    paths.skills,
    join(paths.home, 'commands'),
    join(paths.home, 'plugins'),
    paths.workflows,
    domainFolder(paths),
    join(paths.home, 'hooks'),
    join(paths.home, 'logs'),
    paths.state,
  ];
  return [...files, ...folders.map((folder) => `${folder}/**`)].map((path) => `Edit(/${path})`);
}

/** What install wants in .claude.json: the servers, at user scope. */
export function wantedServers({ node, root, paths }: Context): readonly Wanted[] {
  return SERVERS.map((server) => {
    const value = {
      type: 'stdio',
      command: node,
      args: [...NODE_FLAGS, bundlePath(root, server)],
      env: { K8S_AGENT_HOME: paths.home },
      // The client then waits for it before the first line of a session. A skill there would begin without our tools.
      ...(server === 'workflows' && { alwaysLoad: true }),
    };
    return { kind: 'key', path: ['mcpServers', server], value, theirs: 'replace' };
  });
}
