import { useMay } from '../api/use-may.ts';
import { PageHead } from '../parts/panel.tsx';
import { useTitle } from '../view/use-title.ts';
import { AuditPanel } from './settings-audit.tsx';
import { InstanceFactsPanel } from './settings-instance.tsx';
import { KeysPanel } from './settings-keys.tsx';
import { PricesPanel } from './settings-prices.tsx';
import { UsersPanel } from './settings-users.tsx';

/** What this instance is, who may use it, and what things cost. */
export function SettingsPage() {
  useTitle('Settings');
  const [admin, operator] = [useMay('admin'), useMay('operator')];
  return (
    <>
      <PageHead title="Settings" />
      <div className="stack">
        {admin && <UsersPanel />}
        {operator && <KeysPanel />}
        <PricesPanel />
        {admin && <AuditPanel />}
        <InstanceFactsPanel />
      </div>
    </>
  );
}
