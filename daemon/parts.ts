import type { Config } from '../shared/config/schema.ts';
import type { Paths } from '../shared/kernel/paths.ts';
import type { Channel } from '../shared/notify/channel.ts';
import type { Notifier } from '../shared/notify/notifier.ts';
import type { Outbox } from '../shared/notify/outbox.ts';
import type { Catalog } from '../shared/workflow/catalog.ts';
import type { ServerAccess } from './access/access.ts';
import type { Announcer } from './announce/announcer.ts';
import type { Breakers } from './breaker/breakers.ts';
import type { CrewDeps } from './crew/deps.ts';
import type { Spending } from './spending/spending.ts';
import type { Sources } from './status/sources.ts';
import type { DaemonStores } from './stores.ts';

type FromCrew = Pick<
  CrewDeps,
  'owner' | 'drive' | 'agents' | 'callTool' | 'verify' | 'clock' | 'sleep' | 'log' | 'tell'
>;

/** What a daemon is made of. */
export interface DaemonParts extends FromCrew {
  readonly config: Config;
  readonly paths: Paths;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stores: DaemonStores;
  readonly sources: Sources;
  readonly breakers: Breakers;
  readonly spending: Spending;
  readonly announcer: Announcer;
  readonly notifier: Notifier;
  readonly channels: readonly Channel[];
  readonly outbox: Outbox;
  readonly catalog: () => Promise<Catalog>;
  /** Whether this daemon leads now: shared with whoever has to know. */
  readonly leading: { now: boolean };
  readonly access?: ServerAccess;
  /** The dashboard's address. */
  readonly base?: string;
}
