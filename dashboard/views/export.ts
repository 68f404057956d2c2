import type { ActionFilter, ActionLog } from '../../shared/control-plane/ports.ts';

/** Records that are held in memory at a time: the whole history is more than the pod has. */
const CHUNK = 500;

/** The records of a filter as they were logged, one JSON object a line, newest first. */
export function jsonLines(actions: ActionLog, filter: ActionFilter): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let before = filter.before;
  return new ReadableStream({
    async pull(controller) {
      const page = await actions.list({ ...filter, limit: CHUNK, ...(before !== undefined && { before }) });
      const lines = page.records.map((record) => `${JSON.stringify(record)}\n`).join('');
      if (lines !== '') controller.enqueue(encoder.encode(lines));
      before = page.next;
      if (before === undefined) controller.close();
    },
  });
}
