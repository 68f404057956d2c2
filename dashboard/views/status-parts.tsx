import type { Status } from '../../shared/control-plane/status.ts';
import { count } from '../../shared/kernel/text.ts';
import { Ago, Badge, type Tone } from './bits.tsx';
import { Bar, bytes } from './graphics.tsx';

export function Nodes({ nodes }: { nodes: Status['nodes']['items'] }) {
  return (
    <ul class="rows nodes">
      {nodes.map(({ name, roles, ready, pressures, cpu, memory }) => (
        <li>
          <div>
            <strong class="mono">{name}</strong>
            <small>{roles.join(', ')}</small>
          </div>
          <div>
            <Badge tone={ready ? 'ok' : 'bad'}>{ready ? 'Ready' : 'NotReady'}</Badge>{' '}
            {pressures.map((pressure) => (
              <Badge tone="bad">{pressure}</Badge>
            ))}
          </div>
          <div>{cpu && <Bar name="CPU" {...cpu} text={`${cpu.used.toFixed(1)} of ${count(cpu.of, 'core')}`} />}</div>
          <div>{memory && <Bar name="Memory" {...memory} text={`${bytes(memory.used)} of ${bytes(memory.of)}`} />}</div>
        </li>
      ))}
    </ul>
  );
}

const ALERT_TONES: Readonly<Record<string, Tone>> = { critical: 'bad', warning: 'warn' };

export function Alerts({ alerts, now }: { alerts: Status['alerts']['items']; now: number }) {
  return (
    <ul class="rows">
      {alerts.map(({ name, severity, state, namespace, summary, since }) => (
        <li>
          <Badge tone={state === 'firing' ? (ALERT_TONES[severity] ?? 'info') : 'mute'}>
            {severity || 'no severity'}
          </Badge>
          <div>
            <strong>{name}</strong> {namespace && <span class="mono">{namespace}</span>} {state !== 'firing' && state}
            <p>{summary}</p>
          </div>
          {since !== undefined && <Ago at={since} now={now} />}
        </li>
      ))}
    </ul>
  );
}

export function Pods({ pods, now }: { pods: Status['pods']['items']; now: number }) {
  return (
    <ul class="rows">
      {pods.map(({ namespace, name, reason, restarts, since }) => (
        <li>
          <Badge tone="bad">{reason}</Badge>
          <div>
            <span class="mono">
              {namespace}/{name}
            </span>{' '}
            <small>{count(restarts, 'restart')}</small>
          </div>
          {since !== undefined && <Ago at={since} now={now} />}
        </li>
      ))}
    </ul>
  );
}

const HEALTH: Readonly<Record<string, Tone>> = { Healthy: 'ok', Progressing: 'info', Degraded: 'bad', Missing: 'bad' };

export function Apps({ apps }: { apps: Status['apps']['items'] }) {
  return (
    <table class="apps">
      <thead>
        <tr>
          <th scope="col">Application</th>
          <th scope="col">Sync</th>
          <th scope="col">Health</th>
        </tr>
      </thead>
      <tbody>
        {apps.map(({ name, sync, health, revision, message }) => (
          <tr>
            <th scope="row">
              {name} {revision && <small class="mono">{revision.slice(0, 8)}</small>}
              {message && <small>{message}</small>}
            </th>
            <td>
              <Badge tone={sync === 'Synced' ? 'ok' : 'warn'}>{sync}</Badge>
            </td>
            <td>
              <Badge tone={HEALTH[health] ?? 'warn'}>{health}</Badge>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
