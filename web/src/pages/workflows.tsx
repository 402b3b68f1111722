import { useWorkflows } from '../api/queries.ts';
import type { Workflow } from '../api/schema.ts';
import { CsvButton } from '../parts/data-table.tsx';
import { PageHead, Panel } from '../parts/panel.tsx';
import { Loaded } from '../parts/states.tsx';
import { WorkflowTable, workflowColumns } from '../parts/workflow-table.tsx';
import { useTitle } from '../view/use-title.ts';
import { useView } from '../view/use-view.ts';
import { NothingYet } from './nothing-yet.tsx';

/** Every workflow with what one of its outcomes costs. */
export function WorkflowsPage() {
  const { view } = useView();
  const workflows = useWorkflows(view.range);
  useTitle('Workflows');
  return (
    <>
      <PageHead title="Workflows" />
      <Loaded query={workflows}>
        {(data) => (data.workflows.length === 0 ? <NothingYet /> : <List workflows={data.workflows} />)}
      </Loaded>
    </>
  );
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
