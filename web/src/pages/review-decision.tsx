import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type RefObject, useRef, useState } from 'react';
import { sendJson } from '../api/client.ts';
import { liveKey } from '../api/live-key.ts';
import { reviewsKey } from '../api/reviews.ts';
import type { Review } from '../api/schema.ts';
import { useMay } from '../api/use-may.ts';
import { useView } from '../view/use-view.ts';
import styles from './recommendations.module.css';

const decisions = { approve: 'Approve', correct: 'Correct', reject: 'Reject' } as const;
const minutesMax = 1_440;
type Step = 'start' | 'release' | keyof typeof decisions;

/** One answer somebody looks at: taken so that its time is measured, given back, or decided for good. */
export function Decide({ review }: { readonly review: Review }) {
  const [text, setText] = useState('');
  const minutes = minutesOf(text);
  const section = useRef<HTMLElement>(null);
  const step = useStep(review.id, minutes, section);
  // Buttons stay enabled while one is under way, because one that is disabled loses the focus.
  const take = (name: Step) => (step.isPending ? undefined : step.mutate(name));
  const started = review.state === 'started';
  const operator = useMay('operator');
  const undecidable = Number.isNaN(minutes) || (!started && minutes === null);
  return (
    <section ref={section} className={styles.accepted} aria-label="The review">
      <p>
        <Where review={review} />{' '}
        {started
          ? `${review.reviewer ?? 'Somebody'} has looked at it for ${review.minutesSoFar.toFixed(1)} minutes.`
          : operator
            ? 'Nobody has taken it: start, so that the time is measured, or state the minutes it took.'
            : 'Nobody has taken it; operators decide.'}
      </p>
      {operator && (
        <div className="row">
          <StepButton label={started ? 'Give back' : 'Start'} onPress={() => take(started ? 'release' : 'start')} />
          <TextInput
            size="xs"
            inputMode="decimal"
            aria-label="Minutes it took, where the clock did not run"
            placeholder="Minutes, if not measured"
            error={Number.isNaN(minutes)}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          {Object.entries(decisions).map(([name, label]) => (
            <StepButton key={name} label={label} disabled={undecidable} onPress={() => take(name as Step)} />
          ))}
        </div>
      )}
      {step.error !== null && <p role="alert">{step.error.message}</p>}
    </section>
  );
}

interface StepButtonProps {
  readonly label: string;
  readonly disabled?: boolean;
  onPress(): void;
}

function StepButton({ label, disabled = false, onPress }: StepButtonProps) {
  return (
    <Button size="compact-sm" variant="default" disabled={disabled} onClick={onPress}>
      {label}
    </Button>
  );
}

/** Null where nothing is stated; NaN for what is no number of minutes of a day. */
function minutesOf(text: string): number | null {
  const minutes = Number(text.trim().replace(',', '.'));
  if (text.trim() === '') return null;
  return minutes >= 0 && minutes <= minutesMax ? minutes : Number.NaN;
}

/** Prompt and answer are not stored here; the product's own page shows them. */
function Where({ review: { link } }: { readonly review: Review }) {
  if (link === null || !/^https?:\/\//.test(link)) return 'Look at it where your product shows it.';
  return (
    <>
      <a href={link} target="_blank" rel="noreferrer">
        Look at it where your product shows it
      </a>
      .
    </>
  );
}

/** Figures of the page count the minutes at once; a decided review closes. */
function useStep(id: string, minutes: number | null, section: RefObject<HTMLElement | null>) {
  const client = useQueryClient();
  const { change } = useView();
  return useMutation({
    mutationFn: (step: Step) => {
      const decided = Object.hasOwn(decisions, step);
      const body = decided ? { decision: step, ...(minutes === null ? {} : { minutes }) } : {};
      return sendJson<Review>('POST', `/api/reviews/${encodeURIComponent(id)}/${decided ? 'decide' : step}`, body);
    },
    onSuccess: async ({ decision }) => {
      await client.invalidateQueries({ queryKey: decision === null ? reviewsKey : [liveKey] });
      if (decision === null) return;
      // What had the focus goes; the queue is where the next one waits.
      section.current?.parentElement?.querySelector<HTMLElement>('[role="group"]')?.focus();
      change({ open: [] }, true);
    },
  });
}
