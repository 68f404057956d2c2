import type { OpsError } from '../../shared/kernel/errors.ts';
import { Layout } from './layout.tsx';

/** What somebody sees in a browser when a request failed: our own words, and a way on. */
export function problemPage({ message, hint }: Pick<OpsError, 'message' | 'hint'>): string {
  const page = (
    // No time is on this page, and nothing that changes.
    <Layout title="That did not work" topics={[]} now={0} csrf="">
      <h1>That did not work</h1>
      <p class="note bad" role="alert">
        <strong>{message}</strong> {hint}
      </p>
      <p>
        <a href="/pending">See what is pending</a>
      </p>
    </Layout>
  );
  return `<!doctype html>${page}`;
}
