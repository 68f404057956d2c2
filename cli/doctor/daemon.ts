import { existsSync, readFileSync, statSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { missingFor } from '../../daemon/agent/missing.ts';
import { dashboardApi, isOnThisMachine } from '../../shared/boot/desk.ts';
import { backendSettings } from '../../shared/config/backends.ts';
import { readConfig } from '../../shared/config/config.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { count } from '../../shared/kernel/text.ts';
import { addressOf } from '../../shared/notify/address.ts';
import type { ChannelSettings } from '../../shared/notify/settings.ts';
import type { Context } from '../context.ts';
import { environmentFile } from '../service/unit.ts';
import { bad, type Finding, good } from './finding.ts';

/** The secret of each channel: that it is there, and that nobody else can read or change it. Nothing is sent. */
export async function notifications({ paths, env }: Context): Promise<Finding> {
  const { channels } = (await readConfig(paths.config)).notifications;
  if (channels.length === 0) return good('no channel is set up: nobody is told anything (docs/notifications.md)');
  const looks = await Promise.all(channels.map((channel) => secretProblem(channel, env)));
  const problems = looks.filter((problem) => problem !== undefined);
  if (problems.length === 0) return good(`${count(channels.length, 'channel')}; k8s-agent notify test tries them`);
  return bad(
    problems.map(({ message }) => message).join(' '),
    [...new Set(problems.map(({ hint }) => hint))].join(' '),
  );
}

async function secretProblem(channel: ChannelSettings, env: Context['env']): Promise<OpsError | undefined> {
  const file =
    'webhook_file' in channel ? channel.webhook_file : 'token_file' in channel ? channel.token_file : undefined;
  try {
    const { backend } = await addressOf(channel, channel.type, env);
    // A token is read with the request that it goes with.
    await backend.options(false);
  } catch (error) {
    if (error instanceof OpsError) return error;
    throw error;
  }
  if (file === undefined || isPrivate(file)) return undefined;
  return new OpsError(
    'config_invalid',
    `Channel ${channel.name}: others can read or change ${file}.`,
    `Make it yours alone: chmod 600 ${file}`,
  );
}

/** Its group may read it: so a Secret is mounted in a pod. */
function isPrivate(file: string): boolean {
  return (statSync(file).mode & 0o027) === 0;
}

/** Numbers that are allowed, each by itself, and make no sense together. */
export async function budgets({ paths }: Context): Promise<Finding> {
  const { budget, agents } = (await readConfig(paths.config)).daemon;
  const { step, run, day } = budget;
  const cure = 'Correct daemon.budget in k8s-agent.yaml: a step is part of a run, and a run of a day.';
  if (step > run) return bad(`a step may take $${step}, and its whole run only $${run}`, cure);
  if (run > day) return bad(`a run may take $${run}, and all runs of a day only $${day}`, cure);
  return good(`budget $${step} a step, $${run} a run, $${day} a day; ${count(agents, 'step')} at a time`);
}

/** Of the service where there is one, else of this shell. Without a service nobody may want agents to work by themselves. */
export async function credentials(context: Context): Promise<Finding> {
  const { env, paths } = context;
  const file = environmentFile(context);
  const isService = existsSync(file);
  if (isService && (statSync(file).mode & 0o077) !== 0)
    return bad(`others can read ${file}, which has credentials`, `chmod 600 ${file}`);
  const missing = await missingFor(isService ? { ...env, ...parseEnv(readFileSync(file, 'utf8')) } : env, paths);
  if (missing === undefined) return good('a daemon has what its agents need');
  const { message, hint } = missing;
  return isService ? bad(message, hint) : good(`chats need none; a daemon could not work here: ${message}`);
}

/** That it answers, and takes our token. */
export async function dashboard(context: Context): Promise<Finding> {
  const { paths, env } = context;
  const config = await readConfig(paths.config);
  const { url, howToSet } = backendSettings('dashboard', config, env);
  if (url === undefined) return good('none is set: approvals are answered in the terminal');
  const api = await dashboardApi({ config, env });
  if (api === undefined)
    return isOnThisMachine(url)
      ? good(`${url}, on this machine`)
      : bad(
          `no token is set for ${url}, which is on another machine`,
          `Make one there: k8s-agent token create NAME. ${howToSet}`,
        );
  const { HttpApprovalStore } = await import('../../shared/control-plane/client/stores.ts');
  await new HttpApprovalStore(api).ping();
  const { HttpDaemonState } = await import('../../shared/control-plane/client/daemon-state.ts');
  const isDaemons = await new HttpDaemonState(api).list('breakers').then(
    () => true,
    (error: unknown) => !(error instanceof OpsError && error.code === 'forbidden'),
  );
  if (isDaemons) return good(`${url} answers, and knows this machine as one with a daemon`);
  const needed = 'a daemon needs a token of the role daemon: k8s-agent token create NAME --role daemon';
  return existsSync(environmentFile(context))
    ? bad(
        `${url} knows this machine as one without a daemon`,
        `Make one there: ${needed.slice('a daemon needs '.length)}`,
      )
    : good(`${url} answers; ${needed}`);
}
