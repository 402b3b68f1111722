import { Badge, Tooltip } from '@mantine/core';
import { plural } from '../format/number.ts';

type Tone = 'info' | 'warn' | 'bad' | 'plain' | 'good';

interface MarkProps {
  readonly tone: Tone;
  readonly label: string;
  /** Said on hover and focus, and read to screen readers. */
  readonly meaning: string;
}

/** A small word that qualifies a figure. */
export function Mark({ tone, label, meaning }: MarkProps) {
  return (
    <Tooltip label={meaning} multiline w={260} events={{ hover: true, focus: true, touch: true }} withinPortal={false}>
      <Badge component="span" variant="default" size="md" tt="none" className={`mark mark-${tone}`} title={meaning}>
        {label}
      </Badge>
    </Tooltip>
  );
}

export function SimulatedMark() {
  return <Mark tone="info" label="simulated" meaning="Answered by the provider emulator; no money was spent." />;
}

export function UnknownPriceMark({ attempts }: { readonly attempts?: number }) {
  if (attempts === 0) return null;
  const label = attempts === undefined ? 'price unknown' : `${plural(attempts, 'attempt')} without a price`;
  return <Mark tone="bad" label={label} meaning="Their cost is missing from these sums. Add a price under prices: in burnrate.yaml." />;
}

export function EstimatedMark({ attempts }: { readonly attempts?: number }) {
  if (attempts === 0) return null;
  const label = attempts === undefined ? 'estimated' : `${plural(attempts, 'attempt')} estimated`;
  return <Mark tone="warn" label={label} meaning="The provider reported no usage; tokens were counted from what was seen." />;
}

export function InferredMark() {
  return <Mark tone="plain" label="inferred" meaning="Nobody said so; Burnrate concluded it from the traffic." />;
}
