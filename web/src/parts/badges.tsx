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

interface CountedMarkProps {
  /** How many attempts it is about; left out for a single one. Nothing is shown for 0. */
  readonly attempts?: number;
  /** For narrow columns: the number and a word. */
  readonly short?: boolean;
}

export function UnknownPriceMark({ attempts, short = false }: CountedMarkProps) {
  if (attempts === 0) return null;
  const long = attempts === undefined ? 'price unknown' : `${plural(attempts, 'attempt')} without a price`;
  const meaning = 'Their cost is missing from these sums. Add a price under prices: in burnrate.yaml.';
  return <Mark tone="bad" label={short ? `${attempts} unpriced` : long} meaning={meaning} />;
}

export function EstimatedMark({ attempts, short = false }: CountedMarkProps) {
  if (attempts === 0) return null;
  const long = attempts === undefined ? 'estimated' : `${plural(attempts, 'attempt')} estimated`;
  const meaning = 'The provider reported no usage; tokens were counted from what was seen.';
  return <Mark tone="warn" label={short ? `${attempts} est.` : long} meaning={meaning} />;
}

export function InferredMark() {
  return <Mark tone="plain" label="inferred" meaning="Nobody said so; Burnrate concluded it from the traffic." />;
}
