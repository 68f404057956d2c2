import { maskValuesOf } from '../../shared/audit/masked-values.ts';
import { MASK } from '../../shared/kernel/secrets.ts';
import { objectsIn } from './manifests.ts';

/** A file's text as it may be shown: its lines stay where they are, and the values of Secrets are taken out. */
export function shownText(path: string, text: string): string {
  const known = objectsIn(path, text).reduce<string>((shown, object) => maskValuesOf(object, shown), text);
  return known
    .split(/^(?=---)/m)
    .map((document) => (SECRET.test(document) ? withoutData(document) : document))
    .join('');
}

/** Also in what cannot be read as objects: templates, broken YAML, a block in a README. */
const SECRET = /\bkind["']?\s*:\s*["']?Secret\b/;
const DATA = /^(\s*(?:- )?["']?(?:data|stringData)["']?\s*:)(.*)$/;
const KEY = /^\s*["']?[\w.-]+["']?\s*:/;

/** By lines alone: everything that stands deeper than `data:` or `stringData:` is a value. */
function withoutData(document: string): string {
  let inside: number | undefined;
  return document
    .split('\n')
    .map((line) => {
      const indent = line.search(/\S/);
      if (inside !== undefined && (indent > inside || indent < 0)) return indent < 0 ? line : maskedLine(line);
      const [, head, inline] = DATA.exec(line) ?? [];
      inside = head === undefined ? undefined : indent;
      return head === undefined ? line : `${head}${maskedFlow(inline ?? '')}`;
    })
    .join('\n');
}

function maskedLine(line: string): string {
  const key = KEY.exec(line)?.[0];
  return key === undefined ? `${line.slice(0, line.search(/\S/))}${MASK}` : `${key} ${MASK}`;
}

/** `{password: hunter2}` */
function maskedFlow(text: string): string {
  return text.replace(/:\s*("[^"]*"|'[^']*'|[^,{}\s][^,{}]*)/g, `: ${MASK}`);
}
