import { arrayAt, at } from '../../../shared/kernel/json.ts';

/** One of an object's status conditions. */
export function condition(object: unknown, type: string): unknown {
  return arrayAt(object, 'status', 'conditions').find((entry) => at(entry, 'type') === type);
}
