import { Command } from 'commander';
import { OpsError } from '../shared/kernel/errors.ts';
import { breakWorkload, FAULT_NAMES, healWorkload, isFault } from './faults.ts';
import { type LabInfo, labDown, labReset, labStatus, labUp } from './index.ts';
import { statusTable } from './status.ts';

const program: Command = new Command('lab')
  .description('A real Kubernetes control plane on this machine, with simulated nodes.')
  .option('--dir <folder>', 'where the lab keeps its state (else K8S_AGENT_LAB_DIR, else below the cache folder)');

const options = () => {
  const { dir } = program.opts<{ dir?: string }>();
  return dir === undefined ? {} : { dir };
};

const print = (text: string) => process.stdout.write(`${text}\n`);

const printAccess = ({ kubeconfig, kubectl }: LabInfo) => {
  print(`export KUBECONFIG=${kubeconfig}`);
  print(`# kubectl of the same version: ${kubectl}`);
};

program
  .command('up')
  .description('start what does not run, and print how to reach it')
  .action(async () => printAccess(await labUp(options())));

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
  .action(async () => printAccess(await labReset(options())));

program
  .command('status')
  .description('say of each component whether it works; exit code 1 unless all do')
  .option('--json', 'for scripts')
  .action(async ({ json }: { json?: true }) => {
    const status = await labStatus(options());
    print(json ? JSON.stringify(status, null, 2) : `${statusTable(status.components)}\nState: ${status.dir}`);
    if (!status.up) process.exitCode = 1;
  });

for (const [name, change, text] of [
  ['break', breakWorkload, 'make a Deployment whose pods fail in this way'],
  ['heal', healWorkload, 'roll the Deployment that `break` made to healthy pods'],
] as const) {
  program
    .command(`${name} <fault>`)
    .description(`${text}: ${FAULT_NAMES.join(', ')}`)
    .option('--namespace <name>', 'where', 'demo')
    .action(async (fault: string, { namespace }: { namespace: string }) => {
      if (!isFault(fault)) program.error(`lab: unknown fault "${fault}"; there are: ${FAULT_NAMES.join(', ')}`);
      const deployment = await change(await labUp(options()), fault, namespace);
      print(`deployment/${deployment} in ${namespace}`);
    });
}

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof OpsError)) throw error;
  process.stderr.write(`lab: ${error.message}\n  ${error.hint}\n`);
  process.exitCode = 1;
}
