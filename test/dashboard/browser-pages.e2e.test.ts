import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useBrowser } from './browser-rig.ts';
import { contrastProblems, structureProblems } from './page-checks.ts';
import { serveGallery } from './views/gallery.ts';

const { open } = useBrowser();
let gallery: Awaited<ReturnType<typeof serveGallery>>;
beforeAll(async () => {
  gallery = await serveGallery();
});
afterAll(() => gallery.close());

const PAGES = [
  ['status', '/'],
  ['pending', '/pending'],
  ['approval', '/pending/ap-9r4t6w2e8y'],
  ['history', '/history'],
  ['run', '/runs/run-7k2m4x9q1c'],
  ['workflows', '/workflows'],
  ['workflow', '/workflows/pod-crashloop-remediation'],
  ['nothing', '/runs/none'],
  ['login', '/login?problem=wrong'],
] as const;

/** What the browser itself complains of, the policy for content included. */
function complaints(page: Page): string[] {
  const heard: string[] = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && heard.push(message.text()));
  page.on('pageerror', (error) => heard.push(error.message));
  return heard;
}

describe.each(PAGES)('the page of %s', (_, path) => {
  it.each(['light', 'dark'] as const)(
    'can be read in %s, folds open, on 360 pixels and on 1280',
    async (colorScheme) => {
      const page = await open({ colorScheme, viewport: { width: 360, height: 740 } });
      const heard = complaints(page);
      await page.goto(`${gallery.url}${path}`);
      await page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })");
      expect(await page.evaluate(structureProblems)).toEqual([]);
      expect(await page.evaluate(contrastProblems)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      await page.setViewportSize({ width: 1280, height: 800 });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(1280);
      expect(heard.filter((text) => !text.includes('status of 404'))).toEqual([]);
    },
  );
});

describe('the keyboard', () => {
  it('reaches the content first, and then everything that can be pressed, in the order of the page', async () => {
    const page = await open();
    await page.goto(`${gallery.url}/pending`);
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').textContent()).toBe('Skip to content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    const met: (string | null)[] = [];
    for (let index = 0; index < 5; index += 1) {
      await page.keyboard.press('Tab');
      met.push(await page.evaluate('document.activeElement.textContent.trim() || document.activeElement.name'));
    }
    expect(met).toEqual([
      'scale Deployment/web in shop',
      'Arguments of the call',
      'reason',
      'Approve scale Deployment/web in shop',
      'Reject scale Deployment/web in shop',
    ]);
  });

  it('shows where it is', async () => {
    const page = await open();
    await page.goto(`${gallery.url}/pending`);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
  });
});
