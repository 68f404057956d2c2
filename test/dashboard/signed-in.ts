import { anApproval } from '../support/builders.ts';
import { startDashboard } from '../support/dashboard.ts';

/** A person who has signed in, and an approval that waits for them. */
export async function signedIn() {
  const rig = await startDashboard();
  const now = rig.clock.now();
  await rig.controlPlane.approvals.open(anApproval({ createdAt: now, expiresAt: now + 900_000 }));
  const ada = await rig.person();
  const csrf = await ada.csrf();
  const settle = (fields: Readonly<Record<string, string>>, headers?: Readonly<Record<string, string>>) =>
    ada.post(`/api/approvals/${anApproval().id}/settle`, { decision: 'approve', ...fields }, headers);
  const state = async () => (await rig.controlPlane.approvals.get(anApproval().id))?.state;
  return { rig, ada, csrf, settle, state };
}
