import type { Approval, ApprovalState } from './approval.ts';

export interface ApprovalFilter {
  readonly states?: readonly ApprovalState[];
  /** Newest first; 100 unless told. */
  readonly limit?: number;
}

/** Where approvals live. Every adapter passes test/contracts/approval-store.ts. */
export interface ApprovalStore {
  /** Adds `approval`, unless an open one has its key: then that one is returned and nothing is written. */
  open(approval: Approval): Promise<Approval>;
  get(id: string): Promise<Approval | undefined>;
  list(filter?: ApprovalFilter): Promise<readonly Approval[]>;
  /** Writes `next` only if the stored state is still `from`; says whether it did. */
  swap(from: ApprovalState, next: Approval): Promise<boolean>;
}
