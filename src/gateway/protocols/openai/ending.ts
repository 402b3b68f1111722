import {
  asObject,
  asText,
  type EarlyEndFacts,
  type JsonObject,
  type Operation,
  parseEvent,
  type StreamEnding,
} from '../protocol.ts';

export function openaiEnding(operation: Operation): StreamEnding | null {
  if (operation.name === 'responses') return new ResponseEnding();
  return operation.name === 'chat' || operation.name === 'completions' ? new ChunkEnding(operation.name) : null;
}

const indexPattern = /"choices"\s*:\s*\[\s*\{\s*"index"\s*:\s*(\d+)/;

/** Ends chat and completions streams: a last chunk with `finish_reason: length` for each choice, usage if wanted, `[DONE]`. */
class ChunkEnding implements StreamEnding {
  readonly #operation: string;
  readonly #indexes = new Set<number>([0]);
  #first: JsonObject = {};
  #events = 0;

  constructor(operation: string) {
    this.#operation = operation;
  }

  note(payload: Buffer): void {
    if (this.#events++ === 0) this.#first = parseEvent(payload) ?? {};
    const index = indexPattern.exec(payload.toString('latin1'))?.[1];
    if (index !== undefined) this.#indexes.add(Number(index));
  }

  end({ model, inputTokens, outputTokens, wantsUsage }: EarlyEndFacts): string {
    const { choices: _choices, usage: _usage, ...head } = this.#first;
    const chunk = { object: 'chat.completion.chunk', model, ...head };
    const body = this.#operation === 'chat' ? { delta: {} } : { text: '' };
    const last = [...this.#indexes].map((index) => ({
      ...chunk,
      choices: [{ index, ...body, logprobs: null, finish_reason: 'length' }],
    }));
    const total = inputTokens + outputTokens;
    const usage = { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: total };
    const events = wantsUsage ? [...last, { ...chunk, choices: [], usage }] : last;
    return `${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`;
  }
}

/** Ends a response stream as one that reached its maximum: `response.incomplete`. */
class ResponseEnding implements StreamEnding {
  #response: JsonObject = {};
  #events = 0;

  note(payload: Buffer): void {
    if (this.#events++ === 0) this.#response = asObject(parseEvent(payload)?.response) ?? {};
  }

  end({ model, inputTokens, outputTokens }: EarlyEndFacts): string {
    const response = {
      object: 'response',
      output: [],
      ...this.#response,
      model: asText(this.#response.model) || model,
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      usage: {
        input_tokens: inputTokens,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens: outputTokens,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: inputTokens + outputTokens,
      },
    };
    const event = { type: 'response.incomplete', sequence_number: this.#events, response };
    return `event: response.incomplete\ndata: ${JSON.stringify(event)}\n\n`;
  }
}
