import { OpsError } from '../kernel/errors.ts';
import { stringAt } from '../kernel/json.ts';
import { maskText } from '../kernel/secrets.ts';
import { oneLine } from '../kernel/text.ts';
import { addressOf, type Environment } from './address.ts';
import { contentOf } from './content.ts';
import type { Notification } from './notification.ts';
import { type Answer, post } from './post.ts';
import { retryAfterOf } from './retry-after.ts';
import type { Service } from './services/service.ts';
import type { ChannelSettings } from './settings.ts';

/** What came of one try. */
export type Delivery =
  | { readonly kind: 'delivered'; readonly to: string; readonly warning?: string | undefined }
  | {
      readonly kind: 'failed';
      readonly problem: OpsError;
      /** Another message would fail as well: the service is away, overloaded, or does not know us. */
      readonly everyMessage: boolean;
      /** Milliseconds that the service wants to be left alone for. */
      readonly retryAfter?: number;
    };

interface Context {
  readonly env: Environment;
  readonly now: number;
  readonly timezone: string;
}

/** One try. It never throws. */
export async function deliver(
  channel: ChannelSettings,
  service: Service,
  notification: Notification,
  { env, now, timezone }: Context,
): Promise<Delivery> {
  try {
    const body = service.body(contentOf(notification, now, timezone));
    const { backend, path, mask } = await addressOf(channel, service.label, env);
    const answer = await post(backend, path, body);
    if (service.took(answer)) return { kind: 'delivered', to: backend.label, warning: backend.notice };
    return refused(answer, backend.label, channel.name, { mask, now });
  } catch (error) {
    if (error instanceof OpsError) return { kind: 'failed', problem: error, everyMessage: true };
    const problem = new OpsError('internal', 'The message could not be made.', 'See the log.', { cause: error });
    return { kind: 'failed', problem, everyMessage: false };
  }
}

/** Statuses that are about this one message: too long, not understood. */
const ABOUT_THE_MESSAGE = [400, 413, 422];

function refused(
  answer: Answer,
  label: string,
  name: string,
  { mask, now }: { readonly mask: (text: string) => string; readonly now: number },
): Delivery {
  const { status } = answer;
  const said = oneLine(maskText(mask(complaintOf(answer))), 200).replace(/\.$/, '');
  const retryAfter = status === 429 || status === 503 ? retryAfterOf(answer, now) : undefined;
  return {
    kind: 'failed',
    problem: new OpsError(
      status === 401 || status === 403 ? 'unauthorized' : 'rejected_by_backend',
      `${label} did not take the message: ${said || 'it gives no reason'} (HTTP ${status}).`,
      hintOf(status, name),
    ),
    everyMessage: !ABOUT_THE_MESSAGE.includes(status),
    ...(retryAfter !== undefined && { retryAfter }),
  };
}

/** Discord's `message`, Telegram's `description`, ntfy's `error`, Slack's word alone. Of a page nothing is shown. */
function complaintOf({ json, text }: Answer): string {
  const told = stringAt(json, 'description') ?? stringAt(json, 'message') ?? stringAt(json, 'error');
  return told ?? (/^[a-z_]{1,60}$/.test(text.trim()) ? text.trim() : '');
}

function hintOf(status: number, name: string): string {
  if (status === 401 || status === 403 || status === 404 || status === 410)
    return `The webhook or token of channel ${name} is not valid (any more), or has no right to post there: make a new one.`;
  if (status === 429) return 'Too many messages at once: it is tried again when the service allows it.';
  if (status >= 500) return 'The service has a problem of its own: try again later.';
  if (status < 400) return 'Something else may answer there, as a proxy or a sign-in page: check the address.';
  return `Check the settings of channel ${name} in k8s-agent.yaml.`;
}
