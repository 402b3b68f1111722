import { Link } from '@tanstack/react-router';
import type { Behaviour, Cohort } from '../api/schema.ts';
import { divideMoney, showUnitMoney } from '../format/money.ts';
import { showCount } from '../format/number.ts';
import { Behind } from '../parts/behind.tsx';
import { type Column, CsvButton, DataTable } from '../parts/data-table.tsx';
import { Panel } from '../parts/panel.tsx';
import { NothingHere } from '../parts/states.tsx';
import { cohortInWeek, ofCohort } from '../view/behaviour-filter.ts';
import type { ResolvedRange } from '../view/range.ts';
import { carry, useView } from '../view/use-view.ts';

/** Users by the week they were first seen in, and what each of them cost in the weeks after. */
export function Cohorts({ data: { cohorts, range } }: { readonly data: Behaviour }) {
  const weeks = [...new Set(cohorts.flatMap((cohort) => cohort.weeks.map(({ week }) => week)))].sort();
  const columns = cohortColumns(weeks, { fromMs: Date.parse(range.from), toMs: Date.parse(range.to) });
  return (
    <Panel
      title="New users and old ones"
      id="cohorts"
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

/** Who they are, by what each cost. */
function Users({ cohort, told }: { readonly cohort: Cohort; readonly told: ResolvedRange }) {
  const { view } = useView();
  const where = { ...view.where, ...ofCohort(cohort.week, told) };
  return (
    <Link to="/costs" search={carry(view, { where, by: ['user'] })} className="figure">
      {showCount(cohort.users)}
    </Link>
  );
}

function cohortColumns(weeks: readonly string[], told: ResolvedRange): readonly Column<Cohort>[] {
  const of = (cohort: Cohort, week: string) => cohort.weeks.find((each) => each.week === week);
  return [
    { key: 'week', label: 'First seen in the week of', render: ({ week }) => week, csv: ({ week }) => week },
    {
      key: 'users',
      label: 'Users',
      number: true,
      render: (cohort) => <Users cohort={cohort} told={told} />,
      csv: ({ users }) => users,
    },
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
          return (
            <span title={`${found.users} users, $${found.costUsd}`}>
              <Behind {...cohortInWeek(cohort.week, week, told)}>{showUnitMoney(each(cohort))}</Behind>
            </span>
          );
        },
        csv: each,
      };
    }),
  ];
}
