import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { type DashboardRig, PASSWORD } from '../support/dashboard.ts';

/** Other suites use both cores, too: nothing here is expected to be quick. */
const PATIENCE = 20_000;

/** One browser for a file; each person in it has cookies of their own. */
export function useBrowser() {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  const open = async (options: BrowserContextOptions = {}): Promise<Page> => {
    const context = await browser.newContext(options);
    onTestFinished(() => context.close());
    context.setDefaultTimeout(PATIENCE);
    return context.newPage();
  };

  /** Signs in by the form, as everybody does, and comes to `path`. */
  const signedIn = async (rig: DashboardRig, name: string, path: string, options?: BrowserContextOptions) => {
    await rig.dashboard.users.choose(await rig.dashboard.users.link({ first: false }), { name, password: PASSWORD });
    const page = await open(options);
    await page.goto(`${rig.url}${path}`);
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`${rig.url}${path}`);
    return page;
  };
  return { open, signedIn };
}

/** Says later whether the page was loaded anew since. */
export async function sameDocument(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate("document.documentElement.dataset.seen = 'before'");
  return () => page.evaluate("document.documentElement.dataset.seen === 'before'");
}
