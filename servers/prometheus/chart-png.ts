import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { once } from '../../shared/kernel/once.ts';
import { type Chart, chartSvg } from './chart.ts';

const bytesOf = (specifier: string) => readFile(fileURLToPath(import.meta.resolve(specifier)));

/** The renderer is WebAssembly, and brings no font: nothing native, nothing of this machine. */
const renderer = once(async () => {
  await initWasm(await bytesOf('@resvg/resvg-wasm/index_bg.wasm'));
  return bytesOf('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');
});

/** A chart as PNG. */
export async function drawChart(chart: Chart): Promise<{ readonly mimeType: 'image/png'; readonly base64: string }> {
  const font = await renderer();
  const image = new Resvg(chartSvg(chart), {
    font: { fontBuffers: [font], defaultFontFamily: 'DejaVu Sans', loadSystemFonts: false },
  }).render();
  try {
    return { mimeType: 'image/png', base64: Buffer.from(image.asPng()).toString('base64') };
  } finally {
    image.free();
  }
}
