import { type Cluster, describeRef } from '../../shared/cluster/cluster.ts';
import { identityOf } from '../../shared/cluster/objects.ts';
import { write } from '../../shared/cluster/writer.ts';
import type { Answer, Preview } from '../../shared/gate/call.ts';
import type { Permit } from '../../shared/gate/permit.ts';
import { OpsError } from '../../shared/kernel/errors.ts';
import { type LineDiff, lineCount } from '../../shared/kernel/line-diff.ts';
import { type ApplyDocument, sendApplied } from './apply-document.ts';
import { diffObjects } from './diff.ts';
import { nothingToDo } from './edit.ts';
import { warningLines } from './preview.ts';
import { rolloutRisk } from './workloads.ts';

interface Shown {
  readonly document: ApplyDocument;
  readonly diff: LineDiff;
  readonly risk: string | undefined;
  readonly lines: readonly string[];
}

/** What a person sees of a whole manifest. */
export async function previewAll(documents: readonly ApplyDocument[]): Promise<Preview> {
  const shown = await Promise.all(documents.map(show));
  const created = shown.filter(({ document }) => document.live === undefined);
  const changed = shown.filter(({ document, diff }) => document.live !== undefined && diff.text !== '');
  if (created.length + changed.length === 0) throw nothingToDo('manifest');
  const unchanged = shown.length - created.length - changed.length;
  const total = { added: sum(changed, 'added'), removed: sum(changed, 'removed') };
  const parts = [
    created.length > 0 && `create ${created.length}`,
    changed.length > 0 && `change ${changed.length} (${lineCount(total)})`,
    unchanged > 0 && `${unchanged} as they are`,
  ];
  const risks = shown.flatMap(({ document, risk }) =>
    risk === undefined ? [] : `${describeRef(document.ref)}: ${risk}`,
  );
  return {
    change: parts.filter(Boolean).join(', '),
    risk: risks.join('; ') || (changed.length > 0 ? 'only the fields in the diff change' : 'new objects only'),
    details: shown.flatMap(({ lines }) => lines).join('\n'),
    seen: documents.map(({ ref, live }) => [describeRef(ref), live === undefined ? null : identityOf(live)]),
  };
}

async function show(document: ApplyDocument): Promise<Shown> {
  const { ref, live } = document;
  const { object, warnings } = await document.tried();
  const diff = diffObjects(live, object);
  const head = live === undefined ? 'create' : diff.text === '' ? 'as it is' : `change (${lineCount(diff)})`;
  const early = document.early
    ? ['its namespace is made by this manifest: only its schema could be tried out, neither rights nor quota']
    : [];
  const lines = [
    `${head}: ${describeRef(ref)}`,
    ...early,
    ...warningLines(warnings),
    ...(diff.text ? [diff.text] : []),
  ];
  return { document, diff, risk: rolloutRisk(ref, live, object), lines };
}

function sum(shown: readonly Shown[], side: 'added' | 'removed'): number {
  return shown.reduce((total, { diff }) => total + diff[side], 0);
}

/** Writes one document after the other. Where one fails, the error says which are in the cluster and which are not. */
export async function applyAll(cluster: Cluster, permit: Permit, documents: readonly ApplyDocument[]): Promise<Answer> {
  for (const [index, document] of documents.entries()) {
    try {
      await sendApplied(cluster, document, permit.signal, (request) => write(cluster, permit, request));
    } catch (error) {
      throw documents.length === 1 ? error : partly(error, documents, index);
    }
  }
  return { text: `Applied: ${names(documents)}.` };
}

function partly(error: unknown, documents: readonly ApplyDocument[], failed: number): unknown {
  if (!(error instanceof OpsError)) return error;
  const [done, rest] = [documents.slice(0, failed), documents.slice(failed + 1)];
  const before = done.length === 0 ? 'Nothing was applied before it' : `Applied before it: ${names(done)}`;
  const after = rest.length === 0 ? '' : ` Not tried: ${names(rest)}.`;
  return new OpsError(error.code, `${error.message} ${before}.${after}`, error.hint, { cause: error });
}

function names(documents: readonly ApplyDocument[]): string {
  return documents.map(({ ref }) => describeRef(ref)).join(', ');
}
