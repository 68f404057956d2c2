import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../shared/config/schema.ts';
import type { Context } from '../context.ts';
import { literal, program, quoted } from './quote.ts';

export const UNIT = 'k8s-agent.service';

/** Its first line says whose the file is. */
export const MARK = '# Written by `k8s-agent service install`, and again by the next: put your own lines into';

/** Seconds between the end of a drain and SIGKILL. */
const AFTER_DRAIN = 30;

/** What one running step takes at the most in GiB: the client and five servers. The daemon and the dashboard take one more. */
const GIB_A_STEP = 1;

export interface UnitOptions {
  /** False: the daemon alone. */
  readonly dashboard: boolean;
}

/**
 * The unit. Of the sandbox options only those stand here that a user's own manager can apply: those on files take a
 * namespace of the user, which systemd makes by itself from 254 on, and leaves out where the kernel does not let it.
 */
export function unitText(context: Context, { daemon }: Pick<Config, 'daemon'>, { dashboard }: UnitOptions): string {
  const { node, root, paths, env } = context;
  const args = [entryIn(root), '--home', paths.home, 'up', ...(dashboard ? [] : ['--no-dashboard'])];
  return `${MARK}
# systemctl --user edit ${UNIT}
[Unit]
Description=Agents for Kubernetes: ${dashboard ? 'dashboard and daemon' : 'daemon'}

[Service]
Type=exec
ExecStart=:${[program(node), ...args.map(quoted)].join(' ')}
# As it was at the install: the manager's own has no claude in it.
Environment=${quoted(`PATH=${env.PATH ?? ''}`)}
EnvironmentFile=-${literal(environmentFile(context))}
Restart=on-failure
# 5 s after the first failure, 5 min after the seventh. Before systemd 254 it is 5 s each time.
RestartSec=5s
RestartSteps=6
RestartMaxDelaySec=5min
# SIGTERM for the daemon alone: what it has started ends with the steps that it lets end.
KillMode=mixed
TimeoutStopSec=${daemon.drain + AFTER_DRAIN}s

UMask=0077
MemoryMax=${1 + daemon.agents * GIB_A_STEP}G
TasksMax=1024
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictNamespaces=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
SystemCallArchitectures=native
PrivateTmp=yes
ProtectSystem=strict
ReadWritePaths=${writable(context)
    .map((path) => quoted(`-${path}`))
    .join(' ')}

[Install]
WantedBy=default.target
`;
}

/** Credentials of the service, for its owner alone. */
export const environmentFile = ({ paths }: Context): string => join(paths.state, 'daemon.env');

/** A checkout runs from its sources; the published package brings a bundle. */
function entryIn(root: string): string {
  const source = join(root, 'cli', 'main.ts');
  return existsSync(source) ? source : join(root, 'dist', 'k8s-agent.js');
}

/** In a checkout, the bundles are built anew after an update. */
function writable({ root, paths }: Context): readonly string[] {
  return existsSync(join(root, 'tools', 'build.ts')) ? [paths.home, join(root, 'dist')] : [paths.home];
}
