import { Button, SegmentedControl } from '@mantine/core';
import { type CostStack, type StackGroup, useStack } from '../api/economics.ts';
import { rangeParams } from '../api/paths.ts';
import { nowMs } from '../clock.ts';
import { alignMoney, chartDollars, maxMoney, moneyDigits, shareOf } from '../format/money.ts';
import { showCount, showShare } from '../format/number.ts';
import { Behind } from '../parts/behind.tsx';
import { type Column, CsvButton, DataTable } from '../parts/data-table.tsx';
import { Panel } from '../parts/panel.tsx';
import { Loaded } from '../parts/states.tsx';
import { dimensionLabel } from '../view/dimensions.ts';
import { resolveRange } from '../view/range.ts';
import { useView } from '../view/use-view.ts';

const choices = ['team', 'feature', 'customer', 'plan', 'segment', 'workflow', 'environment'];

/** Who pays: the full cost shared out, overheads included, to the last picodollar. */
export function Allocation() {
  const { view, change } = useView();
  const by = choices.find((name) => name === view.by[0]) ?? 'team';
  const stack = useStack(by, view.range);
  const columns = stack.data ? groupColumns(by, stack.data) : [];
  return (
    <Panel
      title="Who pays"
      note="The full cost shared out, overheads included; a chargeback file holds it line by line and sums to the same"
      flush
      actions={
        <>
          <SegmentedControl
            aria-label="Share out by"
            size="xs"
            value={by}
            onChange={(value) => change({ by: [value] }, true)}
            data={choices.map((value) => ({ value, label: dimensionLabel(value) }))}
          />
          <CsvButton fileName={`burnrate-allocation-by-${by}.csv`} columns={columns} rows={stack.data?.groups ?? []} />
          <Chargeback by={by} />
        </>
      }
    >
      <Loaded query={stack} height={180}>
        {(data) => (
          <DataTable
            label={`Full cost by ${by}`}
            columns={columns}
            rows={data.groups}
            rowKey={(row) => String(row.dimensions[by])}
          />
        )}
      </Loaded>
    </Panel>
  );
}

/** The link is made when it is followed, so that a moving range ends at that moment. */
function Chargeback({ by }: { readonly by: string }) {
  const { view } = useView();
  const href = (format: string) => {
    const params = rangeParams(resolveRange(view.range, nowMs()));
    params.set('by', by);
    params.set('format', format);
    return `/api/reports/chargeback?${params}`;
  };
  return ['csv', 'xlsx'].map((format) => (
    <Button
      key={format}
      component="a"
      size="compact-sm"
      variant="default"
      href={href(format)}
      download={`burnrate-chargeback-by-${by}.${format}`}
      onClick={(event) => {
        event.currentTarget.href = href(format);
      }}
    >
      Chargeback {format.toUpperCase()}
    </Button>
  ));
}

function groupColumns(by: string, stack: CostStack): readonly Column<StackGroup>[] {
  const digits = moneyDigits(maxMoney(stack.groups.map((row) => row.totalUsd)));
  const nameOf = (row: StackGroup) => row.dimensions[by] ?? '';
  const behind = (row: StackGroup, text: string, list: 'calls' | 'runs' = 'calls') => (
    <Behind where={{ [by]: [nameOf(row)] }} list={list}>
      {text}
    </Behind>
  );
  const count = (key: 'runs' | 'calls' | 'tokens', label: string): Column<StackGroup> => ({
    key,
    label,
    number: true,
    render: (row) => behind(row, showCount(row[key]), key === 'runs' ? 'runs' : 'calls'),
    csv: (row) => row[key],
    sort: (row) => row[key],
  });
  const money = (key: 'totalUsd' | 'tokenUsd', label: string): Column<StackGroup> => ({
    key,
    label,
    number: true,
    render: (row) => <span title={`$${row[key]}`}>{behind(row, alignMoney(row[key], digits))}</span>,
    csv: (row) => row[key],
    sort: (row) => chartDollars(row[key]),
  });
  return [
    {
      key: by,
      label: dimensionLabel(by),
      render: (row) => nameOf(row) || <span className="muted">(none)</span>,
      csv: nameOf,
      sort: nameOf,
    },
    money('totalUsd', 'Full cost'),
    {
      key: 'share',
      label: 'Share',
      number: true,
      render: (row) => behind(row, showShare(shareOf(row.totalUsd, stack.totalUsd))),
      csv: (row) => shareOf(row.totalUsd, stack.totalUsd),
      sort: (row) => chartDollars(row.totalUsd),
    },
    money('tokenUsd', 'Of it tokens'),
    count('runs', 'Runs'),
    count('calls', 'Calls'),
    count('tokens', 'Tokens'),
  ];
}
