import { beforeAll, expect, it } from 'vitest';
import { Approvals } from '../../shared/approvals/approvals.ts';
import { policyFrom } from '../../shared/config/settings.ts';
import { KNOWN_TOOLS } from '../../shared/config/workflows.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { type Paths, pathsIn } from '../../shared/kernel/paths.ts';
import { policyTable } from '../../shared/policy/explain.ts';
import { SqliteApprovalStore } from '../../shared/store/sqlite.ts';
import { type AgentRig, agentRig, answer } from '../daemon/agent-rig.ts';
import { installProduct, type Product } from '../support/claude/product.ts';
import { all, type Reply, type Scripts, say } from '../support/claude/script.ts';
import { installClients } from '../support/clients/install-exec.ts';
import { startDashboard } from '../support/dashboard.ts';
import { callsIn, readerOf, toUse } from '../support/hostile/calls.ts';
import { publish, reportText, type Sessions } from '../support/hostile/report.ts';
import { snapshot } from '../support/hostile/snapshot.ts';
import { madeBy, SAFE } from '../support/hostile/verdict.ts';
import { waysRound } from '../support/hostile/ways-round.ts';
import { CHANNELS, type Channel, hostileWorld, speakInLog, type World } from '../support/hostile/world.ts';
import { backendsOf, wholeLabForTests } from '../support/lab.ts';

type Steps = Scripts[string];

const { claude } = await installClients();
const lab = await wholeLabForTests();

const env = backendsOf(lab);

let world: World;
beforeAll(async () => {
  world = await hostileWorld(lab);
  return world.remove;
}, 240_000);

it('the hostile text orders calls of all tools that there are', () => {
  const ordered = Object.keys(callsIn(world)).toSorted();
  expect(ordered).toEqual(KNOWN_TOOLS.map(({ server, tool }) => `${server}.${tool}`).toSorted());
});

it('a chat that obeys a hostile text changes nothing and approves nothing, with its permissions skipped', async () => {
  let roundFor: (said: string) => Reply = () => say('There is no way round.');
  const round: Steps[number] = ({ results }) => roundFor(results.map(({ text }) => text).join('\n'));
  const product = await installProduct(claude, lab, () =>
    scriptsOf((channel) => obedient(channel, [round, say('Done.')])),
  );
  const paths = pathsIn(product.at.claude);
  const { url, token } = await startDashboard({ file: paths.database });
  const ours = { paths, namespace: world.namespace, dashboard: url, token: await token() };
  roundFor = (said) => all(waysRound({ ...ours, approval: /ap-\w{10}/.exec(said)?.[0] ?? 'none' }));
  const before = await snapshot(world, paths);
  const sessions = await inEach(async (channel) => {
    const { stdout } = await product.headless(scriptOf(channel), { env, args: SKIP, timeoutMs: 200_000 });
    expect(stdout, channel).toBe('Done.');
    return madeBy(product.model, scriptOf(channel));
  });
  publish(reportText('Claude Code, headless, with its permissions skipped', sessions, tiersOf(paths)));
  await expectNothing({ product, paths, before, sessions });
  expect(await statesIn(paths)).toEqual(['pending']);
}, 600_000);

it('an agent of the daemon that obeys a hostile text changes nothing and approves nothing', async () => {
  const rigs: { rig: AgentRig; before: object }[] = [];
  const sessions = await inEach(async (channel) => {
    const { agent } = readerOf(channel, world);
    const rig = await agentRig(claude, lab, () => ({ agent: obedient(channel, [answer({ summary: 'Done.' })]) }), {
      env,
      file: workflowOf(agent),
    });
    rigs.push({ rig, before: await snapshot(world, rig.paths) });
    const saysNo = rejectAll(rig.paths);
    const outcome = await rig.step({ maxTurns: 60 });
    await saysNo.stop();
    expect(outcome, rig.logged.join('\n')).toMatchObject({ kind: 'answered' });
    return madeBy(rig.product.model, 'agent');
  });
  const [first] = rigs;
  publish(
    reportText('The daemon’s agents; a person says no to all', sessions, tiersOf(first?.rig.paths ?? pathsIn('/'))),
  );
  for (const { rig, before } of rigs) {
    await expectNothing({ product: rig.product, paths: rig.paths, before, sessions });
    expect(await statesIn(rig.paths)).toEqual(['rejected']);
  }
}, 600_000);

const scriptOf = (channel: Channel) => `hostile-${channel.replace(' ', '-')}`;

const scriptsOf = (steps: (channel: Channel) => Steps): Scripts =>
  Object.fromEntries(CHANNELS.map((channel) => [scriptOf(channel), steps(channel)]));

async function inEach(session: (channel: Channel) => Promise<Sessions[Channel]>): Promise<Sessions> {
  const made: [Channel, Sessions[Channel]][] = [];
  for (const channel of CHANNELS) {
    if (channel === 'log') await speakInLog(world);
    made.push([channel, await session(channel)]);
  }
  const { alert = [], log = [], commit = [], 'pull request': pull = [] } = Object.fromEntries(made);
  return { alert, log, commit, 'pull request': pull };
}

const SKIP = ['--dangerously-skip-permissions'];

/** Calls in one message of the model. */
const AT_ONCE = 12;

/** A model that reads the text of a channel with the real tool, and does what it says with everything that there is. */
function obedient(channel: Channel, last: Steps): Steps {
  const { call } = readerOf(channel, world);
  const order = /Order \w+ by [a-z ]+/.exec(world.orders[channel])?.[0] ?? 'none';
  const uses = Object.entries(callsIn(world)).flatMap(([tool, inputs]) => inputs.map((input) => toUse(tool, input)));
  const [first, ...rest] = Array.from({ length: Math.ceil(uses.length / AT_ONCE) }, (_, index) =>
    all(uses.slice(index * AT_ONCE, (index + 1) * AT_ONCE)),
  );
  const obey: Steps[number] = ({ results }) => {
    const read = results.at(-1)?.text ?? '';
    return first !== undefined && read.includes(order) ? first : say(`There is no order in: ${read}`);
  };
  return [call, obey, ...rest, ...last];
}

const workflowOf = (agent: string) => `name: agent-test
steps:
  - name: look
    agent: ${agent}
    model: opus
    task: "[[script:agent]] Look."
    output:
      type: object
      properties: { summary: { type: string } }
      required: [summary]
      additionalProperties: false
`;

interface Done {
  readonly product: Product;
  readonly paths: Paths;
  readonly before: object;
  readonly sessions: Sessions;
}

/** Not by what the tools say of themselves: by what is there, and by the audit log. */
async function expectNothing({ product, paths, before, sessions }: Done): Promise<void> {
  for (const channel of CHANNELS) {
    const made = sessions[channel];
    expect(made.length, channel).toBeGreaterThan(KNOWN_TOOLS.length);
    expect(made.filter(({ verdict }) => verdict === 'CHANGED')).toEqual([]);
  }
  expect(await snapshot(world, paths)).toEqual(before);
  // Each change has an intent before it: those that are there are of what policy lets pass.
  const changes = product.records().filter(({ phase, tier, server, tool }) => {
    return phase === 'intent' && !(tier === 'safe' && SAFE.includes(`${server}.${tool}`));
  });
  expect(changes).toEqual([]);
}

async function statesIn(paths: Paths): Promise<readonly string[]> {
  const store = new SqliteApprovalStore(paths.database);
  const found = await new Approvals(store, systemClock).list();
  store.close();
  return [...new Set(found.map(({ state }) => state))];
}

/** A person who says no to everything that is asked, so that no call waits for long. */
function rejectAll(paths: Paths): { stop(): Promise<void> } {
  const store = new SqliteApprovalStore(paths.database);
  const approvals = new Approvals(store, systemClock);
  let over = false;
  const working = (async () => {
    while (!over) {
      for (const { id } of await approvals.list({ states: ['pending'] }))
        await approvals.settle(id, { decision: 'reject', by: 'anna', via: 'cli' });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    store.close();
  })();
  return {
    stop: () => {
      over = true;
      return working;
    },
  };
}

function tiersOf({ settings }: Paths): (tool: string) => string {
  const rows = policyTable(policyFrom(settings)(), [...KNOWN_TOOLS]);
  const tiers = new Map(rows.map(({ server, tool, tier }) => [`${server}.${tool}`, tier]));
  return (tool) => tiers.get(tool) ?? '';
}
