import { asText, type EarlyEndFacts, type Operation, parseEvent, type StreamEnding } from '../protocol.ts';

export function geminiEnding(operation: Operation): StreamEnding | null {
  return operation.name === 'generateContent' ? new ContentEnding() : null;
}

/** Ends a content stream with a last chunk whose `finishReason` is `MAX_TOKENS`. */
class ContentEnding implements StreamEnding {
  #responseId = '';
  #modelVersion = '';
  #events = 0;

  note(payload: Buffer): void {
    if (this.#events++ > 0) return;
    const first = parseEvent(payload);
    this.#responseId = asText(first?.responseId);
    this.#modelVersion = asText(first?.modelVersion);
  }

  end({ model, inputTokens, outputTokens }: EarlyEndFacts): string {
    const event = {
      candidates: [{ content: { parts: [{ text: '' }], role: 'model' }, finishReason: 'MAX_TOKENS', index: 0 }],
      usageMetadata: {
        promptTokenCount: inputTokens,
        candidatesTokenCount: outputTokens,
        totalTokenCount: inputTokens + outputTokens,
      },
      modelVersion: this.#modelVersion || model,
      ...(this.#responseId === '' ? {} : { responseId: this.#responseId }),
    };
    return `data: ${JSON.stringify(event)}\r\n\r\n`;
  }
}
