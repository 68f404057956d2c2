import { setNow } from './clock.ts';
import { morph } from './morph.ts';
import { newsOf } from './news.ts';

/** Changes come in bursts; between two looks at the page there is at least this, in milliseconds. */
const REST = 300;
/** After the server has refused the stream, the next try comes after this. */
const RETRY = 5_000;

/** Fetches the page again whenever the server says that something on it has changed. Returns how to ask for that. */
export function startLive(): () => void {
  const topics = document.body.dataset.topics?.split(' ');
  const refresh = oneAtATime(load);
  if (topics === undefined) return () => {};
  let missed = false;
  const hear = (topic: string) => {
    // A page in the background only has to keep the number in its title.
    if (document.hidden && topic !== 'approvals') missed = true;
    else refresh();
  };
  document.addEventListener('visibilitychange', () => {
    if (document.hidden || !missed) return;
    missed = false;
    refresh();
  });
  listen(refresh, (topic) => topics.includes(topic) && hear(topic));
  return refresh;
}

function listen(refresh: () => void, hear: (topic: string) => void): void {
  const events = new EventSource('/api/events');
  let lost = false;
  events.addEventListener('change', ({ data }) => hear(String(data)));
  events.addEventListener('open', () => {
    say({ stream: true });
    // What happened meanwhile, nobody has told us.
    if (lost) refresh();
    lost = false;
  });
  events.addEventListener('error', () => {
    lost = true;
    say({ stream: false });
    if (events.readyState !== EventSource.CLOSED) return;
    // A session that has ended is refused for good: the page itself then leads to the login.
    setTimeout(() => {
      refresh();
      listen(refresh, hear);
    }, RETRY);
  });
}

async function load(): Promise<void> {
  const response = await fetch(location.href);
  if (response.redirected) return location.assign(response.url);
  const next = new DOMParser().parseFromString(await response.text(), 'text/html');
  const [from, to] = [document.querySelector('#page'), next.querySelector('#page')];
  if (from === null || to === null) throw new Error('the answer is none of our pages');
  const before = asks();
  document.title = next.title;
  setNow(next);
  morph(from, to);
  say({ page: true });
  const news = newsOf(before, asks());
  const line = document.querySelector('#news');
  if (line !== null && news !== '') line.textContent = news;
}

function asks(): Map<string, string> {
  const found = document.querySelectorAll<HTMLElement>('[data-ask]');
  return new Map([...found].map(({ id, dataset }) => [id, dataset.ask ?? '']));
}

const now = { stream: true, page: true };

/** A page that may be out of date says so: an old "nothing is pending" must not be taken for a new one. */
function say(change: Partial<typeof now>): void {
  Object.assign(now, change);
  const live = now.stream && now.page;
  const link = document.querySelector<HTMLElement>('#link');
  if (link === null || link.hidden === live) return;
  link.textContent = live ? '' : `Not connected. This is as of ${new Date().toLocaleTimeString()}.`;
  link.hidden = live;
}

/** However often it is asked for, one look at a time; one that failed is tried again. */
function oneAtATime(work: () => Promise<void>): () => void {
  let wanted = false;
  let running = false;
  const run = async () => {
    wanted = true;
    if (running) return;
    running = true;
    while (wanted) {
      wanted = false;
      await work().catch(() => {
        say({ page: false });
        setTimeout(run, RETRY);
      });
      await new Promise((resolve) => setTimeout(resolve, REST));
    }
    running = false;
  };
  return run;
}
