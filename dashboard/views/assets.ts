import { sha256 } from '../../shared/kernel/digest.ts';
import bundled from './assets.gen.json' with { type: 'json' };

export interface Asset {
  readonly type: string;
  readonly body: string;
}

const script: Asset = { type: 'text/javascript; charset=utf-8', body: bundled.script };
const style: Asset = { type: 'text/css; charset=utf-8', body: bundled.style };

export const PAGE_SCRIPT = `/assets/page.${hashOf(script)}.js`;
export const STYLE = `/assets/style.${hashOf(style)}.css`;

/** By their path. They are part of the program's bundle: no file is read while it serves. */
export const ASSETS: ReadonlyMap<string, Asset> = new Map([
  [PAGE_SCRIPT, script],
  [STYLE, style],
]);

function hashOf({ body }: Asset): string {
  return sha256(body).slice(0, 10);
}
