import { stringify } from 'yaml';

/** YAML as a person writes it: no line folding, no aliases. */
export function toYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
