import type { ActionFilter, ChainState } from '../../shared/control-plane/ports.ts';
import { count } from '../../shared/kernel/text.ts';
import { Badge, Unreadable } from './bits.tsx';
import { callsOf, type LoggedCall } from './calls.ts';
import type { PagesDeps } from './deps.ts';
import { FilterForm } from './filter-form.tsx';
import { type Query, queryText } from './filters.ts';
import { Calls } from './log.tsx';
import { type Reading, visible } from './reading.ts';
import type { Verified } from './verdict.tsx';

export interface History {
  readonly calls: readonly LoggedCall[];
  readonly next?: string;
  readonly chains: readonly ChainState[];
  /** Whether what they changed has helped, by run. */
  readonly verified: Readonly<Record<string, Verified>>;
}

/** As many of the newest runs as are looked through for what was seen after them. */
const RUNS = 200;

export async function readHistory({ actions, runs, clock }: PagesDeps, filter: ActionFilter): Promise<History> {
  const [{ records, next }, chains, rows] = await Promise.all([
    actions.list(filter),
    actions.chains(),
    runs.list({ limit: RUNS }),
  ]);
  const verified = Object.fromEntries(rows.flatMap(({ run, verified }) => (verified ? [[run, verified]] : [])));
  return { calls: await callsOf(actions, records, clock.now()), chains, verified, ...(next !== undefined && { next }) };
}

interface HistoryProps {
  readonly history: Reading<History> | { readonly problem: string };
  readonly query: Query;
  readonly now: number;
}

export function HistoryView({ history, query, now }: HistoryProps) {
  return (
    <>
      <h1>History</h1>
      <FilterForm
        query={visible(query)}
        seen={'value' in history ? history.value.calls.map(({ record }) => record) : []}
      />
      {'problem' in history && (
        <p class="note bad" role="alert">
          This filter cannot be applied: {history.problem}
        </p>
      )}
      {'failed' in history && <Unreadable what="The history" why={history.failed} />}
      {'value' in history && <Found history={history.value} query={query} now={now} />}
    </>
  );
}

function Found({
  history: { calls, next, chains, verified },
  query,
  now,
}: {
  history: History;
  query: Query;
  now: number;
}) {
  const link = queryText(query);
  return (
    <>
      <div class="tools">
        <Chains chains={chains} />
        <a href={`/history.jsonl${link}`} download>
          Export as JSONL
        </a>
      </div>
      {calls.length === 0 ? (
        <p class="empty">{link === '' && !query.before ? 'Nothing has been logged yet.' : 'Nothing matches this.'}</p>
      ) : (
        <Calls calls={calls} verified={verified} now={now} />
      )}
      {next !== undefined && (
        <p>
          <a rel="next" href={`/history${queryText(query, next)}`}>
            Older
          </a>
        </p>
      )}
    </>
  );
}

/** What the records prove: that none is missing, and that none was changed after it was written. */
function Chains({ chains }: { chains: readonly ChainState[] }) {
  const broken = chains.filter(({ brokenAt }) => brokenAt !== undefined);
  const records = chains.reduce((sum, chain) => sum + chain.records, 0);
  if (broken.length === 0) {
    return (
      <p class="chain">
        <Badge tone="ok">chain verified</Badge> {count(records, 'record')} of {count(chains.length, 'writer')}, none
        missing or changed
      </p>
    );
  }
  return (
    <div class="chain" role="alert">
      <p>
        <Badge tone="loud">chain broken</Badge> A record is missing or was changed after it was written. The files are
        the truth: k8s-agent audit verify
      </p>
      <ul>
        {broken.map(({ writer, brokenAt }) => (
          <li class="mono">
            {writer}: record {brokenAt}
          </li>
        ))}
      </ul>
    </div>
  );
}
