import { SEVERITIES, type Severity } from '../../shared/notify/notification.ts';
import type { Alert } from '../../shared/workflow/events.ts';

/** As rules of Prometheus usually write it: `critical` and `page`, `info` and `none`; anything else is a warning. */
export function severityOf({ labels }: Pick<Alert, 'labels'>): Severity {
  const severity = labels.severity?.toLowerCase() ?? '';
  if (['critical', 'page', 'emergency'].includes(severity)) return 'critical';
  return ['info', 'none'].includes(severity) ? 'info' : 'warning';
}

export function highest(severities: readonly Severity[]): Severity {
  return SEVERITIES.findLast((severity) => severities.includes(severity)) ?? 'info';
}
