import { beforeAll, expect, it } from 'vitest';
import type { LabInfo } from '../../lab/index.ts';
import { use } from '../support/claude/script.ts';
import { type Clients, installClients } from '../support/clients/install-exec.ts';
import { labForTests } from '../support/lab.ts';
import { agentRig, answer } from './agent-rig.ts';

let clients: Clients;
let lab: LabInfo;

beforeAll(async () => {
  clients = await installClients();
  lab = await labForTests();
}, 300_000);

it('a step is done with the real server, answers by its schema, and its calls are recorded as the run’s', async () => {
  const rig = await agentRig(clients.claude, lab, (namespace) => ({
    agent: [use('mcp__kubectl__get', { kind: 'deploy', namespace }), answer({ summary: 'web runs.' })],
  }));
  const outcome = await rig.step();
  expect(outcome, rig.logged.join('\n')).toMatchObject({ kind: 'answered', answer: { summary: 'web runs.' } });
    outcome,
    rig.product.model.requests[0]?.body.tools.map((t) => t.name),
    rig.product.model.results('agent'),
    rig.product.records(),
    rig.logged,
  );
}, 120_000);
