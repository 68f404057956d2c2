import { stringify } from 'yaml';
import { OpsError } from '../shared/kernel/errors.ts';
import type { LabView } from './component.ts';
import { writePrivate } from './files.ts';

type Where = Pick<LabView, 'path' | 'ports'>;

/** Writes Alertmanager's configuration: every alert goes to the webhook, or nowhere when there is none. */
export async function writeAlertConfig(
  lab: Pick<LabView, 'path'>,
  webhook: string | undefined,
  token?: string,
): Promise<void> {
  await writePrivate(lab.path('etc', 'alertmanager.yaml'), stringify(alertConfig(webhook, token)));
}

/** Points a running Alertmanager to another webhook, or to none. With a token it signs in there. */
export async function routeAlerts(lab: Where, webhook: string | undefined, token?: string): Promise<void> {
  if (webhook !== undefined && !URL.canParse(webhook))
    throw new OpsError('invalid_input', `"${webhook}" is no address.`, 'Write it as http://127.0.0.1:8080/alerts.');
  await writeAlertConfig(lab, webhook, token);
  const response = await fetch(`http://127.0.0.1:${lab.ports.alertmanager}/-/reload`, { method: 'POST' });
  if (!response.ok) throw new Error(`Alertmanager took no new configuration: ${await response.text()}`);
}

/** As kube-prometheus has it, in seconds instead of minutes: a critical alert hides the warning about the same thing. */
function alertConfig(webhook: string | undefined, token: string | undefined): object {
  const signIn = token === undefined ? {} : { http_config: { authorization: { credentials: token } } };
  const configs = webhook === undefined ? [] : [{ url: webhook, send_resolved: true, ...signIn }];
  const hides = (source: string, targets: string) => ({
    source_matchers: [`severity = ${source}`],
    target_matchers: [`severity =~ ${targets}`],
    equal: ['namespace', 'alertname'],
  });
  return {
    global: { resolve_timeout: '1m' },
    route: {
      receiver: 'webhook',
      group_by: ['namespace', 'alertname'],
      group_wait: '2s',
      group_interval: '5s',
      repeat_interval: '12h',
      routes: [{ matchers: ['alertname = Watchdog'], receiver: 'null' }],
    },
    inhibit_rules: [hides('critical', 'warning|info'), hides('warning', 'info')],
    receivers: [{ name: 'null' }, { name: 'webhook', ...(configs.length > 0 && { webhook_configs: configs }) }],
  };
}
