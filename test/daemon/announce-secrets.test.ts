import { expect, it } from 'vitest';
import { openChannels } from '../../shared/notify/channel.ts';
import { notificationsSchema } from '../../shared/notify/settings.ts';
import { anApproval } from '../support/builders.ts';
import { tempFolder } from '../support/gate-rig.ts';
import { channelSettings } from '../support/notify-rig.ts';
import { fakeServices, SECRETS, type ServiceName } from '../support/notify-services.ts';
import { announceRig, MINUTE } from './announce-rig.ts';

/** Each in the shape in which it stands in logs, manifests and errors. */
const TOKENS = {
  github: `ghp_${'a1B2'.repeat(9)}`,
  claude: `sk-ant-api03-${'c3D4'.repeat(8)}`,
  jwt: `eyJhbGciOiJSUzI1NiJ9.${'e5F6'.repeat(8)}.${'g7H8'.repeat(8)}`,
  bearer: 'i9J0'.repeat(8),
  password: 'k1L2-hunter2-m3N4',
  key: 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC',
} as const;

const TEXT = [
  TOKENS.github,
  TOKENS.claude,
  TOKENS.jwt,
  `Authorization: Bearer ${TOKENS.bearer}`,
  `password=${TOKENS.password}`,
  `-----BEGIN PRIVATE KEY-----\n${TOKENS.key}\n-----END PRIVATE KEY-----`,
];

const SERVICES: readonly ServiceName[] = ['discord', 'slack', 'telegram', 'ntfy'];

it('no token that stands in any field of what happens leaves this machine, by any service', async () => {
  const rig = announceRig();
  const services = await fakeServices();
  const settings = notificationsSchema.parse({
    channels: Object.values(channelSettings(services.origin, tempFolder())),
  });
  const { announcer, look } = rig.daemon('pi5', {}, openChannels(settings, {}, rig.clock));
  for (const [n, text] of TEXT.entries()) {
    const approval = { what: text, change: text, why: text, risk: text, details: text, input: { value: text } };
    const times = { createdAt: rig.clock.now(), expiresAt: rig.clock.now() + 900 * MINUTE };
    await rig.plane.approvals.open(anApproval({ id: `ap-${n}`, key: `key-${n}`, ...approval, ...times }));
    const { run, alert } = await rig.incident(`incident-${n}`, { alertname: text, namespace: text, severity: text });
    announcer.incidentOpened({ run, key: text, workflow: text, alert: { ...alert, annotations: { summary: text } } });
    await announcer.unhealthy({ id: `problem-${n}`, what: text, remedy: text });
    const failed = await rig.runs.get(run);
    await announcer.runEnded({ ...failed, status: 'failed', reason: text, workflow: text });
    await announcer.runEnded({ ...failed, run: `run-${n}`, status: 'failed', reason: text, steps: { [text]: LOST } });
    await rig.breakersWith({ ends: [], changes: manyOf(text, rig.clock.now()) }).check(`w${n}`);
  }
  for (let n = 0; n < 120; n += 1) {
    await look();
    rig.clock.advance(10_000);
  }
  for (const service of SERVICES) {
    // Without what escapes, as Discord’s backslashes: it must not hide a token from this test.
    const sent = JSON.stringify(services.bodies(service)).replaceAll('\\', '');
    for (const title of ['Approval wanted', 'Incident opened', 'Incident not solved', 'Run failed', 'is unhealthy'])
      expect(sent, service).toContain(title);
    expect(sent.split('***').length, service).toBeGreaterThan(50);
    for (const secret of [...Object.values(TOKENS), ...Object.values(SECRETS)])
      expect(sent, service).not.toContain(secret);
  }
});

const LOST = { status: 'failed', reason: 'x', actionsTaken: [] } as const;

function manyOf(target: string, now: number) {
  return Array.from({ length: 9 }, () => ({ at: now, target }));
}
