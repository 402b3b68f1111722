import type { EarlyEndFacts, Operation, StreamEnding } from '../protocol.ts';

export function anthropicEnding(operation: Operation): StreamEnding | null {
  return operation.name === 'messages' ? new MessageEnding() : null;
}

const startMark = Buffer.from('"content_block_start"');
const stopMark = Buffer.from('"content_block_stop"');
/** The type of an event stands at its very start. */
const markBytes = 48;
const indexPattern = /"index"\s*:\s*(\d+)/;

/** Ends a message stream: closes the open content block, then `stop_reason: max_tokens`, then `message_stop`. */
class MessageEnding implements StreamEnding {
  readonly #open = new Set<number>();

  note(payload: Buffer): void {
    const start = payload.subarray(0, markBytes);
    const opens = start.includes(startMark);
    if (!opens && !start.includes(stopMark)) return;
    const index = Number(indexPattern.exec(payload.toString('latin1'))?.[1] ?? 0);
    if (opens) this.#open.add(index);
    else this.#open.delete(index);
  }

  end({ outputTokens }: EarlyEndFacts): string {
    const events = [
      ...[...this.#open].map((index) => ({ type: 'content_block_stop', index })),
      {
        type: 'message_delta',
        delta: { stop_reason: 'max_tokens', stop_sequence: null },
        usage: { output_tokens: outputTokens },
      },
      { type: 'message_stop' },
    ];
    return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
  }
}
