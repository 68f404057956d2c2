import { OpsError } from '../kernel/errors.ts';
import { type Cluster, describeRef, type ObjectRef, pathOf } from './cluster.ts';
import { ensureOk } from './status.ts';

/** Bytes of one log at most. */
const MAX_LOG = 2_000_000;
/** How often to ask again for fewer lines. */
const ATTEMPTS = 4;

export interface LogQuery {
  readonly pod: ObjectRef;
  readonly container: string;
  readonly previous: boolean;
  readonly timestamps: boolean;
  /** The newest lines to read. */
  readonly lines: number;
  /** Milliseconds back. */
  readonly since: number | undefined;
}

export interface Log {
  readonly lines: readonly string[];
  /** There may be older lines than these. */
  readonly more: boolean;
}

/**
 * The newest lines of a container's log. The API cuts a log at its newest end, which is what is wanted least:
 * a log that is too large is asked for again with half of the lines that arrived.
 */
export async function readLog(cluster: Pick<Cluster, 'send'>, query: LogQuery, signal: AbortSignal): Promise<Log> {
  let wanted = query.lines;
  for (let attempt = 1; ; attempt += 1) {
    const { text, cut } = await fetchLog(cluster, query, wanted, signal);
    const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
    if (!cut || attempt === ATTEMPTS) return { lines, more: cut || lines.length >= wanted };
    wanted = Math.max(1, Math.floor(lines.length / 2));
  }
}

async function fetchLog(cluster: Pick<Cluster, 'send'>, query: LogQuery, lines: number, signal: AbortSignal) {
  const { pod, container, previous, timestamps, since } = query;
  const what = `log of ${container} in ${describeRef(pod)}`;
  const response = await cluster.send({
    method: 'GET',
    path: pathOf(pod, 'log'),
    query: {
      container,
      previous,
      timestamps,
      tailLines: lines,
      limitBytes: MAX_LOG,
      sinceSeconds: since === undefined ? undefined : Math.max(1, Math.ceil(since / 1000)),
    },
    accept: '*/*',
    maxBytes: MAX_LOG,
    signal,
  });
  if (response.status !== 400) ensureOk(response, what);
  else throw noLog(what, previous);
  return { text: response.text, cut: Buffer.byteLength(response.text) >= MAX_LOG - 4 };
}

function noLog(what: string, previous: boolean): OpsError {
  return previous
    ? new OpsError('not_found', `${what}: there is no run before this one.`, 'Leave previous out.')
    : new OpsError('not_found', `${what}: it has not started yet.`, 'See why with describe or events.');
}
