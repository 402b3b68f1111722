import { useWorkflows } from '../api/queries.ts';
import type { Workflow } from '../api/schema.ts';
import { CsvButton } from '../parts/data-table.tsx';
import { FilterBar } from '../parts/filter-bar.tsx';
import { PageHead, Panel } from '../parts/panel.tsx';
import { Loaded, NothingHere } from '../parts/states.tsx';
import { WorkflowTable, workflowColumns } from '../parts/workflow-table.tsx';
import { useTitle } from '../view/use-title.ts';
import { useView } from '../view/use-view.ts';
import { NothingYet } from './nothing-yet.tsx';

/** Every workflow with what one of its outcomes costs. */
export function WorkflowsPage() {
  const { view } = useView();
  const workflows = useWorkflows(view.range, view.where);
  useTitle('Workflows');
  return (
    <>
      <PageHead title="Workflows" />
      <FilterBar />
      <Loaded query={workflows}>
        {(data) => (data.workflows.length === 0 ? <NoWorkflows /> : <List workflows={data.workflows} />)}
      </Loaded>
    </>
  );
}

/** With filters it is they who found nothing. */
function NoWorkflows() {
  const { view } = useView();
  if (Object.keys(view.where).length === 0) return <NothingYet />;
  return <NothingHere>No workflow ran in this range under these filters.</NothingHere>;
}

function List({ workflows }: { readonly workflows: readonly Workflow[] }) {
  return (
    <Panel
      title="What an outcome costs"
      note="A workflow is the named path to an outcome. Open one for its cost tree."
      flush
      actions={<CsvButton fileName="burnrate-workflows.csv" columns={workflowColumns(workflows)} rows={workflows} />}
    >
      <WorkflowTable workflows={workflows} />
    </Panel>
  );
}
