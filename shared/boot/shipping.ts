import type { Config } from '../config/schema.ts';
import { systemClock } from '../kernel/clock.ts';
import type { Log } from '../kernel/log.ts';
import type { Paths } from '../kernel/paths.ts';
import { dashboardApi } from './desk.ts';

interface Shipping {
  readonly paths: Paths;
  readonly config: () => Promise<Config>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly writer: string;
  readonly log: Log;
}

/** Milliseconds after the start: the first answer comes first. */
const AFTER = 3_000;

/** Carries this machine's audit log to the dashboard, where one is set, until it is told to stop. It keeps no process alive. */
export function shipLater(shipping: Shipping): () => void {
  const stop = new AbortController();
  const timer = setTimeout(() => {
    ship(shipping, stop.signal).catch((error: unknown) => shipping.log('the audit log is not shipped', error));
  }, AFTER).unref();
  return () => {
    clearTimeout(timer);
    stop.abort();
  };
}

async function ship({ paths, config, env, writer, log }: Shipping, signal: AbortSignal): Promise<void> {
  const api = await dashboardApi({ config: await config(), env });
  if (api === undefined) return;
  const { Shipper } = await import('../control-plane/client/shipper.ts');
  const { HttpActionLog } = await import('../control-plane/client/feeds.ts');
  const shipper = new Shipper({
    folder: paths.actionLogs,
    state: paths.state,
    owner: writer,
    to: new HttpActionLog(api),
    clock: systemClock,
    random: Math.random,
    log,
  });
  await shipper.run(signal);
}
