import { describe, expect, it } from 'vitest';
import { get, type Kept } from './plane.ts';
import { SAMPLE } from './sample/sample.ts';

/** Breaks out of text, of an attribute and of a comment, and turns what follows it around. */
const HOSTILE = `</script><img src=x onerror=alert(1)>" onmouseover="alert(2)" 'x' --> &lt; javascript:alert(3) \u202e\u0007`;

/** What our own schemas let through as one of a few words, as an id or as a time. */
const NOT_UPSTREAM = new Set([
  ...['id', 'key', 'at', 'state', 'status', 'phase', 'kind', 'type', 'tier', 'unit', 'via', 'run', 'call', 'step'],
  ...['writer', 'prev', 'hash', 'lastAt', 'sync', 'health', 'workflow', 'decision', 'changed', 'outcomeStatus'],
  ...['result', 'verified'],
]);

/** The same data where every text that comes from outside also carries the attack. */
function poisoned(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return NOT_UPSTREAM.has(key) ? value : `${value} ${HOSTILE}`;
  if (Array.isArray(value)) return value.map((item) => poisoned(item, key === 'steps' ? 'step' : key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, poisoned(item, name)]));
}

function attacked(): Kept {
  const kept: Kept = JSON.parse(JSON.stringify(poisoned(SAMPLE)));
  const workflows = kept.workflows;
  if (workflows === undefined) throw new Error('the sample has workflows');
  return { ...kept, workflows };
}

const NAME = encodeURIComponent(`pod-crashloop-remediation ${HOSTILE}`);
const PATHS: readonly (readonly [string, string])[] = [
  ['status', '/'],
  ['pending', '/pending'],
  ['an approval', '/pending/ap-9r4t6w2e8y'],
  ['a rejected approval', '/pending/ap-2c6b8d4f1g'],
  ['history', '/history'],
  ['a filtered history', `/history?text=${encodeURIComponent(HOSTILE)}`],
  ['a filter that is none', `/history?outcome=${encodeURIComponent(HOSTILE)}`],
  ['a run', '/runs/run-7k2m4x9q1c'],
  ['a run that has been verified', '/runs/run-5h3j7k8l2p'],
  ['workflows', '/workflows'],
  ['a workflow', `/workflows/${NAME}`],
  ['an approval that is not there', `/pending/${encodeURIComponent(HOSTILE)}`],
  ['a run that is not there', `/runs/${encodeURIComponent(HOSTILE)}`],
  ['the login', `/login?problem=${encodeURIComponent(HOSTILE)}`],
];

describe('text from outside', () => {
  it.each(PATHS)('is text and nothing else on the page of %s', async (_, path) => {
    const { html } = await get(attacked(), path);
    expect(html).not.toContain('<img');
    expect(html).not.toContain('" onmouseover');
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html.match(/<\/script/g)).toHaveLength(1);
    expect(html).not.toMatch(/href="?\s*javascript:/i);
  });

  it.each(PATHS)('hides and reorders nothing on the page of %s', async (_, path) => {
    const { html } = await get(attacked(), path);
    expect(html).not.toContain('\u0007');
    expect(html).not.toContain('\u202e');
  });

  it.each([
    [
      '/',
      [
        'pi5-a',
        'worker',
        'jellyfin-0',
        'CrashLoopBackOff',
        'KubePodCrashLooping',
        'restarting 2.1',
        'Argo CD did not',
        '1 of 2 replicas',
        'daemon',
        'pi5-a-1733',
        'Argo CD is not set up.',
        'Set ARGOCD_SERVER',
        'failed three times',
      ],
    ],
    [
      '/pending',
      [
        'git-operator',
        'killed for its memory',
        'rolls it out',
        'image: shop/web:1.4.3',
        'propose_change',
        'fix(shop)',
        'the target has moved',
        'The films',
      ],
    ],
    [
      '/history',
      ['k8s-diagnostician', 'web-6d5f8b9c7d-x2x4k', '100 lines', 'sync_app', 'the connection ended', 'anna'],
    ],
    [
      '/runs/run-7k2m4x9q1c',
      [
        'exit code 137',
        'KubePodCrashLooping',
        'alertmanager',
        'KubeDeploymentReplicasMismatch',
        'claude/projects/runs/run-7k2m4x9q1c-diagnose.jsonl',
        'turns of sonnet',
        'at pi5-a-1733',
      ],
    ],
    ['/runs/run-5h3j7k8l2p', ['KubePodCrashLooping still fires', 'it did not help']],
    ['/workflows', ['every 6 hours', 'Comprehensive cluster', 'daemon']],
    [`/workflows/${NAME}`, ['Where the pod is.', 'analyze-logs', 'restart pod', 'incidents/pod-crashloop.yaml']],
  ])('is still shown, attack and all, on %s', async (path, texts) => {
    const { html } = await get(attacked(), path);
    for (const text of texts) expect(html).toContain(text);
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(html).toContain('&lt;U+202E&gt;&lt;U+0007&gt;');
  });
});

it('what a daemon says of its runs and breakers is text, names and ids among it', async () => {
  const daemon = SAMPLE.status?.daemon;
  const hostile = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value), (_, item: unknown) => (typeof item === 'string' ? HOSTILE : item));
  const kept: Kept = JSON.parse(JSON.stringify({ ...SAMPLE, status: { ...SAMPLE.status, daemon: hostile(daemon) } }));
  const [workflow] = kept.workflows?.workflows ?? [];
  if (workflow === undefined) throw new Error('the sample has workflows');
  const named = { ...kept, workflows: { at: 1, by: 'd', workflows: [{ ...workflow, name: HOSTILE }] } };
  for (const path of ['/', '/workflows', `/workflows/${encodeURIComponent(HOSTILE)}`]) {
    const { html } = await get(named, path);
    expect(html).toContain('breaker open');
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(html).not.toContain('<img');
    expect(html).not.toContain('" onmouseover');
    expect(html).not.toContain('\u202e');
    expect(html).not.toMatch(/href="?\s*javascript:/i);
  }
});

describe('every page', () => {
  it.each(PATHS)(
    'keeps to the policy for content on the page of %s: no inline script, style or handler',
    async (_, path) => {
      const { html } = await get(SAMPLE, path);
      const withoutValues = html.replace(/="[^"]*"/g, '=""');
      expect(withoutValues).not.toMatch(/<style|\sstyle=|<[^>]*\son\w+=|<script(?![^>]*\ssrc=)/i);
    },
  );
});
