import type { Alert, Cause, EventOf, RunEvent, Usage } from '../../shared/workflow/events.ts';
import type { Tone } from './bits.tsx';
import { dollars } from './spent.ts';

/** What happened in a run, in words. */
export interface Moment {
  readonly at: number;
  readonly tone: Tone;
  readonly label: string;
  readonly text: string;
  readonly step?: string;
  readonly approval?: string;
  /** An answer or the outputs, to be folded away. */
  readonly value?: unknown;
}

export function momentOf(event: RunEvent): Moment {
  const { at } = event;
  const step = 'step' in event ? { step: event.step } : {};
  return { at, ...step, ...told(event) };
}

type Told = Omit<Moment, 'at' | 'step'>;

/** One line an event: the length is that of the list of events. */
function told(event: RunEvent): Told {
  switch (event.type) {
    case 'created':
      return { tone: 'info', label: 'trigger', text: causeText(event.cause), value: event.cause.alert };
    case 'admitted':
      return { tone: 'mute', label: 'admitted', text: 'holds its lock and begins' };
    case 'chosen':
      return { tone: 'mute', label: 'chosen', text: `the condition is ${event.value}` };
    case 'skipped':
      return { tone: 'mute', label: 'skipped', text: event.reason };
    case 'step-started':
      return { tone: 'info', label: 'begins', text: beginText(event) };
    case 'step-finished':
      return { tone: 'ok', label: 'answered', text: answerText(event), value: event.answer };
    case 'step-failed':
      return { tone: 'bad', label: 'failed', text: `${event.reason} (changed: ${event.changed}${costText(event)})` };
    case 'proposal-settled':
      return {
        tone: event.decision === 'approved' ? 'ok' : 'mute',
        label: event.decision,
        text: `the proposed actions, by ${event.by}`,
        ...(event.approval !== undefined && { approval: event.approval }),
      };
    case 'action-started':
      return { tone: 'info', label: 'acts', text: `proposed action ${event.index + 1} begins` };
    case 'action-finished':
      return {
        tone: event.status === 'ok' ? 'ok' : event.status === 'failed' ? 'bad' : 'loud',
        label: event.status,
        text: `proposed action ${event.index + 1}: ${event.message}`,
      };
    case 'person-decided':
      return { tone: 'info', label: 'decided', text: `${event.outcome}, by ${event.by}: ${event.note}` };
    case 'reported':
      return { tone: 'ok', label: 'reported', text: '', value: event.outputs };
    case 'alert-joined':
      return { tone: 'warn', label: 'alert', text: `${alertText(event.alert)} belongs to it, too`, value: event.alert };
    case 'alert-resolved':
      return {
        tone: 'ok',
        label: 'resolved',
        text: `${alertText(event.alert)}; ${event.left} of its alerts still fire`,
      };
    case 'verified':
      return { tone: event.result === 'cleared' ? 'ok' : 'bad', label: event.result, text: event.detail };
    case 'cancel-requested':
      return { tone: 'warn', label: 'cancel', text: `asked for by ${event.by}: ${event.reason}` };
    case 'ended':
      return { tone: event.status === 'succeeded' ? 'ok' : 'bad', label: event.status, text: event.reason };
  }
}

function answerText(event: EventOf<'step-finished'>): string {
  const { changed = 'nothing' } = event;
  const said = changed === 'nothing' ? '' : `it has changed ${changed === 'unknown' ? 'what nobody knows' : changed}`;
  const parts = [proposalText(event.proposal?.actions), said, costText(event).replace(/^, /, '')];
  return parts.filter((part) => part !== '').join(', ');
}

function costText({ usage }: { readonly usage?: Usage }): string {
  return usage === undefined ? '' : `, ${dollars(usage.costUsd)}`;
}

function beginText({ attempt, by }: EventOf<'step-started'>): string {
  return [...(attempt === 1 ? [] : [`attempt ${attempt}`]), ...(by === undefined ? [] : [`at ${by}`])].join(', ');
}

function alertText({ labels }: Alert): string {
  return labels.alertname ?? 'an alert without a name';
}

/** `started by hand by anna` */
export function causeText({ kind, by, alert }: Cause): string {
  if (kind === 'manual') return `started by hand by ${by}`;
  if (kind === 'schedule') return `started by its schedule (${by})`;
  return `started by the alert ${alert?.labels.alertname ?? 'that came in'} (${by})`;
}

function proposalText(actions: readonly { server: string; tool: string; why: string }[] | undefined): string {
  if (actions === undefined) return '';
  return `proposes ${actions.map(({ server, tool, why }) => `${server}.${tool}: ${why}`).join('; ')}`;
}
