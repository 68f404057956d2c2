import { describe, expect, it } from 'vitest';
import { isObject, type Json, type JsonObject } from '../../../shared/kernel/json.ts';
import { checkAnswer } from '../../../shared/workflow/answers.ts';
import type { StepRequest } from '../../../shared/workflow/command.ts';
import type { Workflow } from '../../../shared/workflow/definition.ts';
import { anAlert, BY_HAND, RunRig } from '../../support/run-rig.ts';
import { KNOWN, SHIPPED, shipped } from '../../support/workflows.ts';

const LABELS = {
  alertname: 'X',
  namespace: 'shop',
  pod: 'web-1',
  container: 'web',
  deployment: 'web',
  node: 'pi-2',
  instance: 'pi-2:9100',
};
const MORE = { persistentvolumeclaim: 'data', job: 'node', job_name: 'backup', name: 'shop' };

/** What agents answer where all is well, and where the worst is true. */
const WELL: JsonObject = {
  healthy: true,
  ready: true,
  real: false,
  'needs-action': false,
  pressure: 'none',
  sync: 'Synced',
  health: 'Healthy',
  cause: 'none',
  managed: false,
};
const BAD: JsonObject = {
  healthy: false,
  ready: false,
  real: true,
  'needs-action': true,
  pressure: 'memory',
  sync: 'OutOfSync',
  health: 'Degraded',
  cause: 'oom',
  managed: true,
};

/** An answer that fits the schema: what `facts` say, and something for everything else that is required. */
function answerFor(schema: JsonObject, facts: JsonObject, actions: readonly Json[]): JsonObject {
  const { properties, required } = schema;
  const names = Array.isArray(required) ? required.map(String) : [];
  return Object.fromEntries(
    names.map((name) => {
      const property = isObject(properties) ? properties[name] : undefined;
      const choices = isObject(property) && Array.isArray(property.enum) ? property.enum : undefined;
      const fact = facts[name];
      if (name === 'actions') return [name, actions];
      if (fact !== undefined && (choices === undefined || choices.includes(fact))) return [name, fact];
      return [name, choices?.at(-1) ?? someOf(isObject(property) ? property.type : undefined)];
    }),
  );
}

function someOf(type: unknown): Json {
  return type === 'array' ? [] : type === 'boolean' ? false : type === 'integer' ? 0 : 'something';
}

/** Runs it to its end, or to where it asks a person; gives the agents that were asked, and what a person was asked. */
async function play(workflow: Workflow, facts: JsonObject, actions: readonly Json[] = []) {
  const rig = new RunRig(workflow);
  const byAlert = workflow.triggers.some(({ kind }) => kind === 'alert');
  const inputs = Object.fromEntries(
    Object.entries(workflow.inputs).map(([name]) => [name, name === 'task' ? 'all' : 'shop']),
  );
  let command = await rig.start({ cause: byAlert ? anAlert({ ...LABELS, ...MORE }) : BY_HAND, inputs });
  const requests: StepRequest[] = [];
  while (command.kind === 'run-step') {
    const { step, answer } = command.request;
    requests.push(command.request);
    const given = answerFor(answer, facts, actions);
    const definition = workflow.steps.find(({ id }) => id === step);
    if (definition?.kind === 'work') expect(checkAnswer(definition, given, KNOWN.tools)).toMatchObject({ ok: true });
    command = await rig.answer(step, given);
  }
  return { requests, command, state: await rig.state() };
}

const changing = KNOWN.tools.filter(({ effect }) => effect === 'write').map(({ server, tool }) => `${server}.${tool}`);
const names = [...SHIPPED.workflows.keys()];
const incidents = names.filter((name) => shipped(name).file.startsWith('incidents/'));
const CHANGE = { server: 'gitea', tool: 'propose_change', input: { repo: 'infra' }, why: 'it ran out of memory' };

describe('a workflow that ships', () => {
  it.each(names)('%s ends well where nothing is wrong, and gives nobody a tool that changes anything', async (name) => {
    const { requests, state } = await play(shipped(name), WELL);
    expect(state).toMatchObject({ status: 'succeeded' });
    // A rollback is asked for by a person, so that all is well is no reason to stop; it only proposes.
    expect(requests.flatMap(({ tools = [] }) => tools).filter((tool) => changing.includes(tool))).toEqual([]);
  });

  it.each(incidents)('%s goes to Git, and to a person, where Argo CD owns the object', async (name) => {
    const { requests, command } = await play(shipped(name), BAD, [CHANGE]);
    expect(command).toMatchObject({ kind: 'ask-person', proposal: { actions: [CHANGE] } });
    expect(requests.at(-1)?.agent).toBe(name === 'node-not-ready' ? 'k8s-orchestrator' : 'git-operator');
  });

  it.each(names)('%s asks with every template filled in', async (name) => {
    for (const facts of [WELL, BAD, { ...BAD, managed: false }, { ...BAD, cause: 'bad-commit' }]) {
      const { requests, state } = await play(shipped(name), facts);
      expect(state).toMatchObject({ status: 'succeeded' });
      const tasks = requests.map(({ prompt }) => prompt.split('# What this run knows')[0]).join('\n');
      expect(tasks).not.toMatch(/\{\{|undefined|null|\[object/);
    }
  });

  it('pod-crashloop gives more memory live, with a person’s yes, only where nothing owns the workload', async () => {
    const { requests } = await play(shipped('pod-crashloop-remediation'), { ...BAD, managed: false });
    expect(requests.at(-1)).toMatchObject({ agent: 'argocd-operator', confirm: true });
  });

  it.each([
    ['crash', 3],
    ['config', 2],
    ['image', 2],
    ['dependency', 2],
  ])(
    'pod-crashloop with the cause %s asks %i agents: it restarts only what a restart can help',
    async (cause, count) => {
      const { requests } = await play(shipped('pod-crashloop-remediation'), { ...BAD, cause });
      expect(requests.some(({ tools = [] }) => tools.includes('kubectl.restart_pod'))).toBe(count > 2);
    },
  );
});
