import { z } from 'zod';
import { knownKind } from '../../shared/policy/kinds.ts';

export { text, why } from '../../shared/tool/params.ts';

const NAME = /^[\w-]{1,128}$/;
const named = (what: string) => z.string().refine((value) => NAME.test(value), `not the ${what}`);

export const workflow = named('name of a workflow').describe('Name.');
export const run = named('id of a run').describe('Id of the run.');
export const step = named('name of a step').describe('Name of the step.');

export const WORKFLOW = knownKind('workflows.workflows');
export const RUN = knownKind('runs.workflows');
