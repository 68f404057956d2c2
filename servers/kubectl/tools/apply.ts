import { z } from 'zod';
import { nameOf } from '../../../shared/cluster/objects.ts';
import { type ApplyDocument, readDocument } from '../apply-document.ts';
import { applyAll, previewAll } from '../apply-manifest.ts';
import { kubectlTool, oncePerCall } from '../deps.ts';
import { factsOf } from '../facts.ts';
import { targetOf } from '../locate.ts';
import { parseManifest } from '../manifest.ts';
import { inOrder } from '../manifest-order.ts';
import { namespace, why } from '../params.ts';

const input = z.strictObject({
  manifest: z.string().describe('YAML or JSON, up to 50 documents.'),
  namespace,
  force: z.boolean().default(false).describe('Take over fields that others manage.'),
  why,
});

/** The documents in the order in which they are written, each with the object that is there now. */
const read = oncePerCall(async (given: z.output<typeof input>, { cluster }, signal) => {
  const objects = inOrder(parseManifest(given.manifest), ({ kind }) => String(kind));
  const made = objects.filter(({ kind, apiVersion }) => kind === 'Namespace' && apiVersion === 'v1').map(nameOf);
  const options = { namespace: given.namespace, force: given.force, made };
  return Promise.all(objects.map((object) => readDocument(cluster, object, options, signal)));
});

export const apply = kubectlTool({
  name: 'apply',
  summary: 'Create or change objects from a manifest (server-side apply), previewed as a diff.',
  verb: 'apply',
  effect: 'write',
  destructive: true,
  input,
  target: async (input, deps, signal) => {
    const documents = await read(input, deps, signal);
    const companions = documents.map(({ wanted }) => wanted);
    const facts = ({ ref, live, tried }: ApplyDocument) =>
      factsOf(deps.cluster, { ref, live, companions, wanted: async () => (await tried()).object }, signal);
    return Promise.all(documents.map(async (one) => ({ ...targetOf(one.ref), facts: await facts(one) })));
  },
  plan: async (input, deps, signal) => {
    const documents = await read(input, deps, signal);
    return {
      preview: await previewAll(documents),
      run: (permit) => applyAll(deps.cluster, permit, documents),
    };
  },
});
