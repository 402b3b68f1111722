import type { Cohort } from '../api/schema.ts';
import { divideMoney, showUnitMoney } from '../format/money.ts';
import { showCount } from '../format/number.ts';
import { type Column, CsvButton, DataTable } from '../parts/data-table.tsx';
import { Panel } from '../parts/panel.tsx';
import { NothingHere } from '../parts/states.tsx';

/** Users by the week they were first seen in, and what each of them cost in the weeks after. */
export function Cohorts({ cohorts }: { readonly cohorts: readonly Cohort[] }) {
  const weeks = [...new Set(cohorts.flatMap((cohort) => cohort.weeks.map(({ week }) => week)))].sort();
  const columns = cohortColumns(weeks);
  return (
    <Panel
      title="New users and old ones"
      note="By the week they were first seen in this range: what one of them cost in each week from then on"
      flush
      actions={<CsvButton fileName="burnrate-cohorts.csv" columns={columns} rows={cohorts} />}
    >
      {cohorts.length === 0 ? (
        <NothingHere>No call of this range names its user.</NothingHere>
      ) : (
        <DataTable label="Cohorts" columns={columns} rows={cohorts} rowKey={({ week }) => week} />
      )}
    </Panel>
  );
}

function cohortColumns(weeks: readonly string[]): readonly Column<Cohort>[] {
  const of = (cohort: Cohort, week: string) => cohort.weeks.find((each) => each.week === week);
  return [
    { key: 'week', label: 'First seen in the week of', render: ({ week }) => week, csv: ({ week }) => week },
    { key: 'users', label: 'Users', number: true, render: ({ users }) => showCount(users), csv: ({ users }) => users },
    ...weeks.map((week): Column<Cohort> => {
      const each = (cohort: Cohort) => {
        const found = of(cohort, week);
        return found ? divideMoney(found.costUsd, found.users) : null;
      };
      return {
        key: `perUserUsd ${week}`,
        label: week,
        number: true,
        render: (cohort) => {
          const found = of(cohort, week);
          if (!found) return <span className="muted">–</span>;
          return <span title={`${found.users} users, $${found.costUsd}`}>{showUnitMoney(each(cohort))}</span>;
        },
        csv: each,
      };
    }),
  ];
}
