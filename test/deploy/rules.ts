import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { arrayAt, at } from '../../shared/kernel/json.ts';
import { DEPLOY, objectsIn } from './render.ts';

export const MONITORING = join(DEPLOY, 'dashboard/monitoring');

const [object] = objectsIn(readFileSync(join(MONITORING, 'alert-rules.yaml'), 'utf8'));

/** As a rule file of Prometheus has them. */
export const groups = at(object, 'spec', 'groups');
export const rules = arrayAt(object, 'spec', 'groups').flatMap((group) => arrayAt(group, 'rules'));
