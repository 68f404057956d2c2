import { Command, Option } from 'commander';
import { OpsError } from '../shared/kernel/errors.ts';
import { breakWorkload, FAULT_NAMES, type FaultName, healWorkload, isFault } from './faults.ts';
import { type LabInfo, labDown, labReset, labStatus, labUp, type WholeLabInfo } from './index.ts';
import { isScenario, SCENARIO_NAMES, scenarios } from './scenarios/index.ts';
import { statusTable } from './status.ts';

const program: Command = new Command('lab')
  .description('A real cluster on this machine with simulated nodes, and the tools that operate it.')
  .option('--dir <folder>', 'where the lab keeps its state (else K8S_AGENT_LAB_DIR, else below the cache folder)');

const options = () => {
  const { dir } = program.opts<{ dir?: string }>();
  return dir === undefined ? {} : { dir };
};

const print = (text: string) => process.stdout.write(`${text}\n`);

/** `export` lines for a shell. A token is named by its file: what is printed here may be read by many. */
const printAccess = (lab: LabInfo | WholeLabInfo) => {
  print(`export KUBECONFIG=${lab.kubeconfig}`);
  if ('argocd' in lab) {
    const { argocd, gitea, prometheus, alertmanager } = lab;
    print(`export ARGOCD_SERVER=${argocd.url} ARGOCD_AUTH_TOKEN="$(cat ${argocd.tokenFile})"`);
    print(`export GITEA_URL=${gitea.url} GITEA_TOKEN="$(cat ${gitea.tokenFile})"`);
    print(`export PROMETHEUS_URL=${prometheus.url} ALERTMANAGER_URL=${alertmanager.url}`);
    print(`# Gitea in a browser: user ${gitea.user}, password in ${gitea.passwordFile}`);
  }
  print(`# kubectl of the same version: ${lab.kubectl}`);
};

const only = () =>
  new Option('--only <part>', 'the cluster alone, without Argo CD, Gitea, Prometheus and Alertmanager').choices([
    'cluster',
  ] as const);
const scoped = ({ only }: { only?: 'cluster' }) => ({ ...options(), scope: only ?? ('whole' as const) });

program
  .command('up')
  .description('start what does not run, and print how to reach it')
  .addOption(only())
  .action(async (chosen: { only?: 'cluster' }) => printAccess(await labUp(scoped(chosen))));

program
  .command('down')
  .description('end what the lab started; its state stays')
  .action(async () => {
    const ended = await labDown(options());
    print(ended.length === 0 ? 'The lab was not up.' : `Ended ${ended.join(', ')}.`);
  });

program
  .command('reset')
  .description('end the lab, forget its state, and start it anew')
  .addOption(only())
  .action(async (chosen: { only?: 'cluster' }) => printAccess(await labReset(scoped(chosen))));

program
  .command('status')
  .description('say of each component whether it works; exit code 1 unless all do')
  .option('--json', 'for scripts')
  .action(async ({ json }: { json?: true }) => {
    const status = await labStatus(options());
    print(json ? JSON.stringify(status, null, 2) : `${statusTable(status.components)}\nState: ${status.dir}`);
    if (!status.up) process.exitCode = 1;
  });

const KNOWN = [...FAULT_NAMES, ...SCENARIO_NAMES].join(', ');

for (const [verb, text] of [
  ['break', 'make this fault'],
  ['heal', 'undo what `break` did'],
] as const) {
  program
    .command(`${verb} <fault>`)
    .description(`${text}: ${KNOWN}`)
    .option('--namespace <name>', `where, for ${FAULT_NAMES.join(', ')}`, 'demo')
    .action(async (fault: string, { namespace }: { namespace: string }) => {
      if (isScenario(fault)) print(await scenarios[fault][verb](await labUp(options())));
      else if (isFault(fault)) print(await workload(verb, fault, namespace));
      else program.error(`lab: unknown fault "${fault}"; there are: ${KNOWN}`);
    });
}

/** These need the cluster alone. */
async function workload(verb: 'break' | 'heal', fault: FaultName, namespace: string): Promise<string> {
  const change = verb === 'break' ? breakWorkload : healWorkload;
  const deployment = await change(await labUp({ ...options(), scope: 'cluster' }), fault, namespace);
  return `deployment/${deployment} in ${namespace}`;
}

program
  .command('webhook <url>')
  .description('send every alert to this address; `none` sends them nowhere')
  .action(async (url: string) => {
    const { alertmanager } = await labUp(options());
    await alertmanager.sendTo(url === 'none' ? undefined : url);
    print(url === 'none' ? 'Alerts are sent nowhere.' : `Alerts are sent to ${url}.`);
  });

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof OpsError)) throw error;
  process.stderr.write(`lab: ${error.message}\n  ${error.hint}\n`);
  process.exitCode = 1;
}
