import { newId } from '../kernel/ids.ts';
import { oneLine } from '../kernel/text.ts';
import { type Decision, decideAll } from '../policy/decide.ts';
import { answered, failed } from './answer.ts';
import { ask } from './ask.ts';
import type { Call, Caller, Planned, ReadEffect, RunStep, Verdict } from './call.ts';
import { execute } from './execute.ts';
import { Journal } from './journal.ts';
import type { Passage } from './passage.ts';
import type { GatePorts } from './ports.ts';
import { carryOut } from './proposed.ts';
import { demandWellFormed } from './well-formed.ts';

/** The one way from a request to an effect (design: section 4). */
export async function pass(ports: GatePorts, call: Call, who: Caller): Promise<Verdict> {
  const journal = new Journal(ports, call, who, newId('call'));
  try {
    return await through(ports, call, who, journal);
  } catch (error) {
    return failed(journal, who, error);
  }
}

async function through(ports: GatePorts, call: Call, who: Caller, journal: Journal): Promise<Verdict> {
  demandWellFormed(call.input);
  const run = who.run ?? (await ports.runStep?.(call, who));
  if (run !== undefined) journal.partOf(run);
  const caller = run === undefined ? who : { ...who, run };
  const actions = await call.actions(caller.signal);
  const decision = limited(decideAll(ports.policy(), actions, caller.agent, run), call, run);
  journal.decided(actions, decision);
  // What the client said in this round was no answer, and is no part of the next.
  const { reply: _, ...silent } = who;
  const again = () => through(ports, call, silent, journal);
  return act({ ports, call, caller, actions, decision, journal, again });
}

/** A named action uses its own tools only; what a person approved for the run is its own reason. */
function limited(decision: Decision, { server, tool }: Call, run: RunStep | undefined): Decision {
  const { tools, approved } = run ?? {};
  if (tools === undefined || approved !== undefined || tools.includes(`${server}.${tool}`)) return decision;
  const hint = `Step ${run?.step} of run ${run?.id} may use ${tools.join(', ')}.`;
  return { kind: 'deny', tier: 'forbidden', rule: 'tools of the step', hint };
}

async function act(passage: Passage): Promise<Verdict> {
  const { call, caller, decision, journal } = passage;
  if (decision.kind === 'deny') {
    const text = `Refused by ${decision.rule}: ${decision.hint}`;
    return answered(journal, { status: 'refused', message: text, isError: true, text });
  }
  const { effect } = call;
  const approved = caller.run?.approved;
  if (approved !== undefined)
    return carryOut(passage, approved, async () =>
      effect.kind === 'read' ? planOf(effect) : effect.plan(caller.signal),
    );
  if (effect.kind === 'read') return decision.kind === 'ask' ? ask(passage, planOf(effect)) : read(passage, effect);
  const plan = await effect.plan(caller.signal);
  return decision.kind === 'ask' ? ask(passage, plan) : execute(passage, plan);
}

async function read({ caller, journal, decision }: Passage, effect: ReadEffect): Promise<Verdict> {
  const answer = await effect.run(caller.signal);
  const text =
    decision.kind === 'allow' && decision.warning ? `Warning: ${decision.warning}.\n${answer.text}` : answer.text;
  return answered(journal, { status: 'ok', message: oneLine(answer.text, 200), isError: false, ...answer, text });
}

/** A user may put a read behind a yes: then the read itself is what the person sees. */
function planOf(effect: ReadEffect): Planned {
  return {
    preview: {
      change: 'reads only',
      risk: 'none to the cluster',
      details: 'This call reads and changes nothing.',
      seen: null,
    },
    run: (permit) => effect.run(permit.signal),
  };
}
