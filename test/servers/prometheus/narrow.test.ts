import { describe, expect, it } from 'vitest';
import { demandNarrow, trialsOf, wouldMute } from '../../../servers/prometheus/narrow.ts';
import { describeMatcher, parseMatcher } from '../../../servers/prometheus/silences.ts';

const trials = (...texts: readonly string[]) => trialsOf(texts.map(parseMatcher));

describe('matchers', () => {
  it.each(['alertname="A"', 'namespace=~"team-.*"', 'pod!="x"', 'severity!~"a|b"'])(
    'are read and written: %s',
    (text) => {
      expect(describeMatcher(parseMatcher(text))).toBe(text);
    },
  );

  it.each(['alertname', '="x"', 'a b="c"'])('are none: %j', (text) => {
    expect(() => parseMatcher(text)).toThrow(/no matcher/);
  });

  it('are RE2, and no pattern hangs the server', async () => {
    await expect(trials('a=~"("')).rejects.toThrow(/no regular expression/);
    await expect(trials('a=~"(?=x)"')).rejects.toThrow(/no regular expression/);
    const slow = await trials('alertname=~"(x+x+)+y"');
    expect(wouldMute(slow, { alertname: 'x'.repeat(5000) })).toBe(false);
  });

  it.each([
    [['alertname="A"', 'pod=~"web-.*"'], { alertname: 'A', pod: 'web-1' }, true],
    [['alertname="A"', 'pod=~"web"'], { alertname: 'A', pod: 'web-1' }, false],
    [['alertname="A"', 'pod!="web-1"'], { alertname: 'A', pod: 'web-1' }, false],
    [['alertname="A"', 'pod!="web-1"'], { alertname: 'A' }, true],
    [['alertname="A"', 'pod=""'], { alertname: 'A' }, true],
    [['alertname="A"', 'pod!~"web.*"'], { alertname: 'A', pod: 'db-0' }, true],
  ])('%j mute %j: %s, as Alertmanager would', async (texts, labels, muted) => {
    expect(wouldMute(await trials(...texts), labels)).toBe(muted);
  });
});

describe('a silence', () => {
  it.each([
    [['alertname=~".*"']],
    [['alertname=~".+"']],
    [['alertname=~"[^x]*"']],
    [['alertname=~"(?i)[a-z]+|.+"']],
    [['alertname=""']],
    [['severity="warning"']],
    [['severity="warning"', 'namespace!="x"']],
    [['severity="warning"', 'job="kubelet"', 'cluster="home"']],
    [['alertname!="Watchdog"']],
    [['namespace=~"|a"']],
  ])('of %j would mute far more than one problem', async (texts) => {
    const all = await trials(...texts);
    expect(() => demandNarrow(all)).toThrow(/far more than one problem/);
  });

  it.each([[['alertname="KubePodCrashLooping"']], [['namespace=~"team-.*"']], [['severity="warning"', 'pod="web-1"']]])(
    'of %j is about something',
    async (texts) => {
      const all = await trials(...texts);
      expect(() => demandNarrow(all)).not.toThrow();
    },
  );
});
