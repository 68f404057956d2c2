import { execa } from 'execa';
import { OpsError } from '../../shared/kernel/errors.ts';
import { oneLine } from '../../shared/kernel/text.ts';
import type { Context } from '../context.ts';

/** The user's own service manager. */
export interface Manager {
  /** Throws an `OpsError` with what systemctl said. */
  run(...args: readonly string[]): Promise<string>;
}

/** Milliseconds: stopping waits for a drain, and the longest that can be set is an hour. */
const PATIENCE = 3_700_000;

/** Throws where there is no systemd, or none that listens to this session. It changes nothing. */
export async function findManager(context: Context): Promise<Manager> {
  const asked = await systemctl(context, ['show', '--property=Version', '--value']);
  if (asked.code === 'ENOENT') throw noSystemd();
  if (asked.failed) throw noManager(asked.stderr, context);
  return {
    run: async (...args) => {
      const { failed, stdout, stderr } = await systemctl(context, args);
      if (!failed) return stdout;
      throw new OpsError(
        'precondition_failed',
        `systemctl --user ${args.join(' ')} failed: ${oneLine(stderr, 300)}`,
        'Look at: journalctl --user -u k8s-agent',
      );
    },
  };
}

/** Whether services of this person run without a session; undefined where nobody can say. */
export async function lingers({ env, person }: Context): Promise<boolean | undefined> {
  const args = ['show-user', '--property=Linger', '--value', '--', person];
  const { failed, stdout } = await execa('loginctl', args, { env, extendEnv: false, reject: false, stdin: 'ignore' });
  return failed ? undefined : stdout.trim() === 'yes';
}

function systemctl({ env }: Context, args: readonly string[]) {
  const options = { env, extendEnv: false, reject: false, stdin: 'ignore', timeout: PATIENCE } as const;
  return execa('systemctl', ['--user', '--no-pager', ...args], options);
}

function noSystemd(): OpsError {
  return new OpsError(
    'precondition_failed',
    'There is no systemd on this machine. Nothing was changed.',
    'Let another supervisor run: k8s-agent up (it ends cleanly on SIGTERM). In a cluster: docs/daemon.md.',
  );
}

function noManager(said: string, { person }: Context): OpsError {
  return new OpsError(
    'precondition_failed',
    `The service manager of ${person} does not answer: ${oneLine(said, 200) || 'no reason given'}. Nothing was changed.`,
    `Sign in as ${person} directly, not with su or sudo. Without a session: loginctl enable-linger ${person}, then set XDG_RUNTIME_DIR=/run/user/$(id -u).`,
  );
}
