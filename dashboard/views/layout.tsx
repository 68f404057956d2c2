import type { PropsWithChildren } from 'hono/jsx';
import type { Topic } from '../../shared/control-plane/ports.ts';
import { PAGE_SCRIPT, STYLE } from './assets.ts';

const SECTIONS = [
  ['/', 'Status'],
  ['/pending', 'Pending'],
  ['/history', 'History'],
  ['/workflows', 'Workflows'],
] as const;
type Section = (typeof SECTIONS)[number][0];

export interface Frame {
  readonly title: string;
  readonly section?: Section;
  /** A change of any of these makes the page script fetch the page again. */
  readonly topics: readonly Topic[];
  readonly now: number;
  readonly user?: string;
  readonly csrf: string;
  /** How many approvals wait; undefined where that could not be read. */
  readonly waiting?: number;
}

function Head({ title, waiting }: Frame) {
  const number = waiting ? `(${waiting}) ` : '';
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{`${number}${title} · k8s-agent`}</title>
      <link rel="icon" href="data:," />
      <link rel="stylesheet" href={STYLE} />
      <script type="module" src={PAGE_SCRIPT} />
    </head>
  );
}

/** The page around every view. The page script replaces what is in `#page`, and nothing outside of it. */
export function Layout({ children, ...frame }: PropsWithChildren<Frame>) {
  const { topics, now, user } = frame;
  return (
    <html lang="en">
      <Head {...frame} />
      <body data-now={now} data-topics={user === undefined ? undefined : ['approvals', ...topics].join(' ')}>
        <a class="skip" href="#main">
          Skip to content
        </a>
        <div id="page">
          <Header {...frame} />
          <main id="main" tabindex={-1}>
            {children}
          </main>
        </div>
        <p id="link" class="link" role="status" hidden />
        <p id="news" class="sr" role="status" aria-live="polite" />
      </body>
    </html>
  );
}

function Header({ section, user, csrf, waiting }: Frame) {
  return (
    <header class="top">
      <span class="brand">k8s-agent</span>
      {user !== undefined && (
        <nav aria-label="Views">
          {SECTIONS.map(([href, name]) => (
            <a href={href} aria-current={href === section ? 'page' : undefined}>
              {name}
              {href === '/pending' && <Waiting waiting={waiting} />}
            </a>
          ))}
        </nav>
      )}
      {user !== undefined && (
        <form method="post" action="/logout" class="user">
          <input type="hidden" name="csrf" value={csrf} />
          <span>{user}</span>
          <button type="submit" class="plain">
            Sign out
          </button>
        </form>
      )}
    </header>
  );
}

function Waiting({ waiting }: { waiting: number | undefined }) {
  if (waiting === 0) return null;
  const text = waiting === undefined ? 'not known' : `${waiting} waiting`;
  return (
    <span class="count">
      <span aria-hidden="true">{waiting ?? '?'}</span>
      <span class="sr"> ({text})</span>
    </span>
  );
}
