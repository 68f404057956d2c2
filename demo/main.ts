import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, styleText } from 'node:util';
import { breakWorkload } from '../lab/faults.ts';
import { labUp } from '../lab/index.ts';
import { kubectl } from '../lab/kubectl-exec.ts';
import { NODE_FLAGS } from '../shared/boot/launch.ts';
import { build } from '../tools/build.ts';
import { connectTo } from './client.ts';
import { operateStory, readStory } from './story.ts';
import { narrate, quote, say, terminalPerson, yesPerson } from './terminal.ts';

const NAMESPACE = 'demo';
const CRASH_LOOPS = '--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=CrashLoopBackOff';
const { values } = parseArgs({ options: { yes: { type: 'boolean', default: false }, home: { type: 'string' } } });

const bundle = fileURLToPath(new URL('../dist/kubectl.js', import.meta.url));
const home =
  values.home ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'k8s-agent-orchestrator', 'demo-home');
mkdirSync(home, { recursive: true, mode: 0o700 });
await build({ faultPoints: false, programs: ['kubectl'] });
await (process.env.KUBECONFIG ? onOwnCluster(process.env.KUBECONFIG) : onLab());

/** Somebody's cluster is not a stage: the demo reads, and that is all. */
async function onOwnCluster(kubeconfig: string): Promise<void> {
  say(styleText('bold', `KUBECONFIG is set (${kubeconfig}): the demo uses that cluster, and only reads.`));
  say('Unset it to see the whole story on a lab of its own.');
  const client = await connectTo(bundle, environment(kubeconfig), terminalPerson);
  await readStory({ client });
  await client.close();
  showAudit();
}

async function onLab(): Promise<void> {
  say(
    styleText(
      'bold',
      'A real Kubernetes control plane on this machine, three nodes shaped like the cluster, and the kubectl server in front of it.',
    ),
  );
  const lab = await labUp({ scope: 'cluster' });
  const broken = await breakWorkload(lab, 'crashloop', NAMESPACE);
  say(`Broken for you: deployment/${broken} in namespace ${NAMESPACE}. Waiting until it crash-loops …`);
  await kubectl(lab, ['-n', NAMESPACE, 'wait', 'pods', '-l', `app=${broken}`, CRASH_LOOPS, '--timeout=90s']);
  if (values.yes)
    say(
      styleText(
        ['bold', 'yellow'],
        '--yes: this script approves by itself what a person would be asked. Never do that with a cluster you care for.',
      ),
    );
  const client = await connectTo(bundle, environment(lab.kubeconfig), values.yes ? yesPerson : terminalPerson);
  await readStory({ client });
  await operateStory({ client, namespace: NAMESPACE });
  await client.close();
  showAudit();
  showAttach(lab.kubeconfig);
}

/** Claude Code with the user's own login and settings, and this one server more. */
function showAttach(kubeconfig: string): void {
  const file = join(home, 'mcp.json');
  const server = { command: process.execPath, args: [...NODE_FLAGS, bundle], env: environment(kubeconfig) };
  writeFileSync(file, JSON.stringify({ mcpServers: { kubectl: server } }, null, 2), { mode: 0o600 });
  say(`\n${styleText('bold', 'Attach Claude Code to it')} (in another terminal):
   claude --mcp-config ${file} --allowedTools 'mcp__kubectl__*'
Install it for good, for your own cluster: npm run -s k8s-agent -- install
The lab keeps running: npm run -s lab -- status | down`);
}

/** What the server gets, and nothing else of this environment. */
function environment(kubeconfig: string): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME, KUBECONFIG: kubeconfig, K8S_AGENT_HOME: home };
}

function showAudit(): void {
  const folder = join(home, 'logs', 'actions');
  const file = readdirSync(folder).sort().at(-1) ?? '';
  narrate(
    'Who did what?',
    `Every call is in ${join(folder, file)}: an intent before each change, an outcome after it, one hash chain a process.`,
  );
  const lines = readFileSync(join(folder, file), 'utf8').trimEnd().split('\n').slice(-7);
  quote(lines.map((line) => summary(JSON.parse(line))).join('\n'));
}

function summary(record: {
  at: string;
  phase: string;
  tool: string;
  tier?: string;
  approval: { type: string; by?: string };
  outcome?: { status: string; message: string };
}): string {
  const { at, phase, tool, tier = '-', approval, outcome } = record;
  const by = approval.by === undefined ? approval.type : `${approval.type} by ${approval.by}`;
  return [
    at.slice(11, 19),
    phase.padEnd(7),
    tool.padEnd(12),
    tier.padEnd(9),
    by.padEnd(22),
    outcome?.status ?? '',
    outcome?.message.slice(0, 60) ?? '',
  ]
    .join(' ')
    .trimEnd();
}
