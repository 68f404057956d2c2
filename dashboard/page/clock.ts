import { ago, left } from '../views/times.ts';

/** The server's clock less this one's: an approval expires by the server's. */
let offset = 0;

export function setNow({ body }: Document): void {
  offset = Number(body.dataset.now) - Date.now();
}

/** Keeps the times on the page true. `expired` is called when an approval's time has come. */
export function startClock(expired: () => void): void {
  setInterval(() => {
    const now = Date.now() + offset;
    for (const time of document.querySelectorAll('time')) tell(time, now);
    for (const ask of document.querySelectorAll<HTMLElement>('[data-expires]')) {
      if (now >= Number(ask.dataset.expires)) close(ask, expired);
    }
  }, 1_000);
}

function tell(time: HTMLTimeElement, now: number): void {
  const { ago: since, until } = time.dataset;
  const text = since === undefined ? until && left(Number(until) - now) : ago(now - Number(since));
  if (text !== undefined && time.textContent !== text) time.textContent = text;
}

/** No answer is taken for what has expired; what it is now, the server says. */
function close(ask: HTMLElement, expired: () => void): void {
  delete ask.dataset.expires;
  for (const button of ask.querySelectorAll('button')) button.disabled = true;
  expired();
}
