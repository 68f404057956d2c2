import type { Status } from '../../shared/control-plane/status.ts';
import { gauge } from './text.ts';

/** What the daemon last said of itself. Without a daemon there is nothing to tell. */
export function daemonGauges(status: Status | undefined, now: number): readonly string[] {
  const daemon = status?.daemon;
  const open = daemon?.breakers.filter(({ until }) => until > now);
  const age = status && Math.max(0, (now - status.at) / 1000);
  return [
    gauge('k8s_agent_status_age_seconds', 'Age of the newest status that was published.', age),
    gauge('k8s_agent_daemon_runs', 'Runs that the daemon drives.', daemon?.runs.length),
    gauge('k8s_agent_daemon_problems', 'What keeps the daemon from working.', daemon?.problems.length),
    gauge('k8s_agent_daemon_breakers_open', 'Workflows that do not start for a while.', open?.length),
    gauge('k8s_agent_daemon_notifications_waiting', 'Notifications not sent yet.', daemon?.outboxWaiting),
    gauge('k8s_agent_daemon_spent_today_usd', 'US dollars that agents took today.', daemon?.spentTodayUsd),
    gauge('k8s_agent_daemon_budget_today_usd', 'US dollars that they may take.', daemon?.budgetTodayUsd),
  ];
}
