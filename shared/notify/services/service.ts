import type { Content } from '../content.ts';
import type { Answer } from '../post.ts';

/** At most `messages` begin in any span of `ms` milliseconds. */
export interface RateLimit {
  readonly messages: number;
  readonly ms: number;
}

/** A service that shows messages to people: how it wants them, and how it says that it took one. */
export interface Service {
  /** `Discord` */
  readonly label: string;
  readonly limit: RateLimit;
  /** The JSON that it takes. */
  body(content: Content): unknown;
  /** Not every 2xx is a yes: a proxy's sign-in page has one, too. */
  took(answer: Answer): boolean;
}
