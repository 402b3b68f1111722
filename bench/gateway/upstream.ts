/**
 * The upstream every proxy is measured against: as little work as possible, so that the proxy's share is what shows.
 * Plain requests get about 2 KB of chat completion; streams get 100 chunks, sent as fast as the reader takes them.
 */
import { createServer } from 'node:http';

const answerText = 'The invoice was sent twice because the queue redelivered the message. '.repeat(24);

const plain = Buffer.from(
  JSON.stringify({
    id: 'chatcmpl-bench',
    object: 'chat.completion',
    created: 1_760_000_000,
    model: 'gpt-5-mini-2025-08-07',
    choices: [{ index: 0, message: { role: 'assistant', content: answerText }, finish_reason: 'stop' }],
    usage: {
      prompt_tokens: 320,
      completion_tokens: 300,
      total_tokens: 620,
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    },
    service_tier: 'default',
  }),
);

const chunks = streamChunks();

function streamChunks(): Buffer[] {
  const head = {
    id: 'chatcmpl-bench',
    object: 'chat.completion.chunk',
    created: 1_760_000_000,
    model: 'gpt-5-mini-2025-08-07',
  };
  const delta = (content: string) => ({ ...head, choices: [{ index: 0, delta: { content }, finish_reason: null }] });
  const events: unknown[] = Array.from({ length: 97 }, (_, i) => delta(` word${i}`));
  events.push({ ...head, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
  events.push({ ...head, choices: [], usage: { prompt_tokens: 320, completion_tokens: 97, total_tokens: 417 } });
  return [...events.map((event) => Buffer.from(`data: ${JSON.stringify(event)}\n\n`)), Buffer.from('data: [DONE]\n\n')];
}

const server = createServer((request, response) => {
  let streamed = false;
  request.on('data', (part: Buffer) => {
    if (part.includes('"stream":true')) streamed = true;
  });
  request.on('end', () => {
    if (!streamed) {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': plain.length });
      response.end(plain);
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    let next = 0;
    const send = () => {
      const chunk = chunks[next++];
      if (!chunk) return response.end();
      response.write(chunk);
      setImmediate(send);
    };
    send();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' && address ? address.port : 0 });
});
process.on('disconnect', () => process.exit(0));
