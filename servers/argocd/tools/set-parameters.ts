import { z } from 'zod';
import { OpsError } from '../../../shared/kernel/errors.ts';
import { arrayAt, isObject, stringAt } from '../../../shared/kernel/json.ts';
import { argocdTool } from '../deps.ts';
import { ownedTarget, readOnce } from '../owned-app.ts';
import { app, text, why } from '../params.ts';
import { planSpec } from '../spec.ts';

const input = z.strictObject({
  app,
  helm: z
    .array(z.strictObject({ name: text(200).describe('image.tag'), value: text(2000).describe('Value.') }))
    .max(20)
    .default([])
    .describe('Helm parameters.'),
  images: z.array(text(300)).max(20).default([]).describe('Kustomize images: web=registry/web:1.2.'),
  why,
});

export const setParameters = argocdTool({
  name: 'set_parameters',
  summary: 'Override Helm parameters or kustomize images of an application. Prefer a change in Git.',
  verb: 'update',
  effect: 'write',
  destructive: true,
  input,
  target: ownedTarget,
  plan: async (input, deps, signal) => {
    const app = await readOnce(input, deps, signal);
    if (input.helm.length + input.images.length === 0)
      throw new OpsError('invalid_input', 'Nothing is to be set.', 'Give helm or images.');
    const spec = isObject(app.raw.spec) ? app.raw.spec : {};
    if (!isObject(spec.source))
      throw new OpsError('precondition_failed', `${app.name} has several sources.`, 'Change it where it is defined.');
    const source = { ...spec.source, ...helmOf(spec.source, input.helm), ...kustomizeOf(spec.source, input.images) };
    return planSpec(deps.argocd, input.app, app, { ...spec, source }, signal);
  },
});

function helmOf(source: Record<string, unknown>, wanted: z.output<typeof input>['helm']) {
  if (wanted.length === 0) return {};
  const helm = isObject(source.helm) ? source.helm : {};
  const kept = arrayAt(helm, 'parameters').filter((one) => !wanted.some(({ name }) => name === stringAt(one, 'name')));
  return { helm: { ...helm, parameters: [...kept, ...wanted] } };
}

/** An image's name stands before `=`, or is the image itself without its tag and digest. */
function kustomizeOf(source: Record<string, unknown>, wanted: readonly string[]) {
  if (wanted.length === 0) return {};
  const kustomize = isObject(source.kustomize) ? source.kustomize : {};
  const names = wanted.map(imageName);
  const kept = arrayAt(kustomize, 'images')
    .map(String)
    .filter((image) => !names.includes(imageName(image)));
  return { kustomize: { ...kustomize, images: [...kept, ...wanted] } };
}

function imageName(image: string): string {
  return (
    image
      .split('=')[0]
      ?.replace(/@.*$/, '')
      .replace(/:[^/:]*$/, '') ?? image
  );
}
