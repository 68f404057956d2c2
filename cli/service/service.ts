import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../../shared/config/config.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import type { Context } from '../context.ts';
import { readText, writeAtomically } from '../files.ts';
import { demandInstall } from '../install/manifest.ts';
import { ENVIRONMENT } from './environment.ts';
import { findManager, lingers } from './systemctl-exec.ts';
import { environmentFile, MARK, UNIT, type UnitOptions, unitText } from './unit.ts';

/** Writes the unit and starts it. Returns what it did, one line each. */
export async function installService(context: Context, options: UnitOptions): Promise<readonly string[]> {
  const { paths } = context;
  demandInstall(paths);
  const file = unitFile(context);
  const before = ownUnit(file);
  const text = unitText(context, await readConfig(paths.config), options);
  const manager = await findManager(context);
  writeAtomically(file, text);
  try {
    await manager.run('daemon-reload');
    await manager.run('enable', '--now', UNIT);
    if (before !== undefined && before !== text) await manager.run('restart', UNIT);
  } catch (error) {
    if (before !== undefined) writeAtomically(file, before);
    else
      await manager
        .run('disable', UNIT)
        .finally(() => rmSync(file))
        .catch(() => undefined);
    await manager.run('daemon-reload').catch(() => undefined);
    throw error;
  }
  const written = before === text ? [] : [`wrote ${file}`];
  return [...written, ...writeEnvironment(context), `enabled and started ${UNIT}`, ...(await lingerHint(context))];
}

/** Stops the service and takes out what install wrote. Undefined: there was nothing. */
export async function uninstallService(context: Context): Promise<readonly string[] | undefined> {
  const file = unitFile(context);
  if (ownUnit(file) === undefined) return undefined;
  const manager = await findManager(context);
  await manager.run('disable', '--now', UNIT);
  rmSync(file);
  await manager.run('daemon-reload');
  return [`stopped and disabled ${UNIT}`, `removed ${file}`, ...removeEnvironment(context)];
}

export interface ServiceStatus {
  readonly isActive: boolean;
  readonly lines: readonly string[];
}

const SHOWN = ['ActiveState', 'SubState', 'UnitFileState', 'MainPID', 'NRestarts'];

export async function serviceStatus(context: Context): Promise<ServiceStatus> {
  const file = unitFile(context);
  if (ownUnit(file) === undefined)
    return { isActive: false, lines: ['The service is not installed: k8s-agent service install'] };
  const manager = await findManager(context);
  const shown = await manager.run('show', `--property=${SHOWN.join(',')}`, UNIT);
  const values = new Map(shown.split('\n').map((line) => [line.split('=')[0], line.split('=').slice(1).join('=')]));
  const [active, sub, enabled, pid, restarts] = SHOWN.map((name) => values.get(name) ?? '?');
  return {
    isActive: active === 'active',
    lines: [
      `${UNIT} is ${active} (${sub}), ${enabled}; process ${pid}, ${restarts} restarts`,
      `unit: ${file}`,
      `credentials: ${environmentFile(context)}${isPrivate(environmentFile(context)) ? '' : ' (others can read it: chmod 600)'}`,
      'log: journalctl --user -u k8s-agent',
      ...(await lingerHint(context)),
    ],
  };
}

function unitFile({ env, homeFolder }: Context): string {
  return join(env.XDG_CONFIG_HOME || join(homeFolder, '.config'), 'systemd', 'user', UNIT);
}

/** The text of the unit that is there; undefined where there is none. Throws where it is not from here. */
function ownUnit(file: string): string | undefined {
  const text = readText(file);
  if (text === undefined || text.startsWith(MARK)) return text;
  throw new OpsError(
    'conflict',
    `${file} was not written by k8s-agent service install. Nothing was changed.`,
    'Move it away, or use it as it is.',
  );
}

function writeEnvironment(context: Context): readonly string[] {
  const file = environmentFile(context);
  if (readText(file) !== undefined)
    return isPrivate(file) ? [] : [`kept ${file}, which others can read: chmod 600 ${file}`];
  writeAtomically(file, ENVIRONMENT, 0o600);
  return [`created ${file}, for credentials: it has none yet`];
}

function removeEnvironment(context: Context): readonly string[] {
  const file = environmentFile(context);
  const text = readText(file);
  if (text === undefined) return [];
  if (text !== ENVIRONMENT) return [`kept ${file}: it has your credentials`];
  rmSync(file);
  return [`removed ${file}`];
}

/** Nobody but its owner reads it; or it is not there. */
function isPrivate(file: string): boolean {
  return ((statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) === 0;
}

async function lingerHint(context: Context): Promise<readonly string[]> {
  if ((await lingers(context)) === true) return [];
  return [
    `It ends with your last session, and starts with the next. To run without one, and from boot on: loginctl enable-linger ${context.person}`,
  ];
}
