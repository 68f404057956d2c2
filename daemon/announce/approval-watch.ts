import type { Approvals } from '../../shared/approvals/approvals.ts';
import type { Notification } from '../../shared/notify/notification.ts';
import type { RunEvent } from '../../shared/workflow/events.ts';
import type { Runs } from '../../shared/workflow/runs.ts';
import { forEach, isAway } from '../each.ts';
import { approvalNews } from './approval-news.ts';
import type { Ledger } from './ledger.ts';
import { linkTo } from './links.ts';

export interface ApprovalWatchOptions {
  readonly approvals: Pick<Approvals, 'list'>;
  readonly runs: Pick<Runs, 'history'>;
  readonly ledger: Ledger;
  /** Whether it is stored. */
  readonly notify: (notification: Notification) => boolean;
  /** The dashboard's address. */
  readonly base?: string;
  /** The desk's `link`: an approval that waits on this machine alone has no page there. */
  readonly approvalLink?: (id: string) => Promise<string | undefined>;
}

/**
 * Asks people for every approval that waits, once, whoever asks for it: a daemon's run or a chat. One that a person is
 * just reading in the terminal is no exception: nobody can know whether they still sit there.
 */
export async function tellApprovals(options: ApprovalWatchOptions): Promise<void> {
  const { approvals, runs, ledger, notify, base } = options;
  const { approvalLink = async (id: string) => linkTo(base, 'pending', id) } = options;
  await forEach(await approvals.list({ states: ['pending'], limit: 1_000 }), async (approval) => {
    const id = `approval-wanted ${approval.id}`;
    if (ledger.isKnown(id)) return;
    const events = approval.run === undefined ? [] : await historyOf(runs, approval.run);
    const news = approvalNews(approval, events, await approvalLink(approval.id));
    await ledger.tell(news.kind, [id], () => notify(news));
  });
}

/** Somebody is asked for an approval, too, whose run nobody can read. */
async function historyOf(runs: Pick<Runs, 'history'>, run: string): Promise<readonly RunEvent[]> {
  return runs.history(run).catch((error: unknown) => {
    if (isAway(error)) throw error;
    return [];
  });
}
