import { afterEach, describe, expect, test } from 'vitest';
import { type BudgetRig, budget, openBudgetRig, perInputToken, perOutputToken } from '../../test/cases/budget-rig.ts';
import type { HoldEntry } from '../tree/index.ts';
import { type Answer, answerWith, ask, until } from './test-rig.ts';

const messages = [{ role: 'user', content: 'Hello' }];
const plain = (more: object = {}) => JSON.stringify({ model: 'test-model', max_tokens: 100, messages, ...more });
const usage = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };
const answer = JSON.stringify({ id: 'c1', model: 'test-model', choices: [{ message: { content: 'Hi' } }], usage });
const cost = 10n * perInputToken + 20n * perOutputToken;
/** Far more than any call here needs. */
const plenty = 1_000_000_000_000n;

let open: BudgetRig;
afterEach(() => open.close());
const chat = (body: string, headers: Record<string, string> = {}): Promise<Answer> =>
  ask(open.rig.port, { path: '/v1/chat/completions', body, headers });
const spent = async () => (await open.books.balances()).reduce((sum, row) => sum + row.posted + row.estimated, 0n);
const settled = (expected: bigint) => until(() => open.account.state.openHolds === 0 && known() === expected);
const known = () => [...open.account.state.pots].reduce((sum, pot) => sum + pot.spentKnown, 0n);

describe('a call under a hard budget', () => {
  test('is held in the journal before its first byte goes out, and posted at what it cost', async () => {
    open = await openBudgetRig([budget('company', plenty)]);
    let heldAtFirstByte = 0;
    open.rig.script = (req, res, received) => {
      heldAtFirstByte = open.rig.journal.money.length;
      answerWith(answer)(req, res, received);
    };
    const got = await chat(plain());
    expect(got.status).toBe(200);
    expect(heldAtFirstByte).toBe(1);
    expect(open.rig.journal.money).toMatchObject([
      { kind: 'hold', shares: [{ budget: 'company' }] },
      { kind: 'post', shares: [{ budget: 'company', amount: cost }], estimated: false },
    ]);
    expect(got.headers['burnrate-budget-remaining-usd']).toBe('0.99979');
    await settled(cost);
    expect(await spent()).toBe(cost);
  });

  test.each([
    ['refused by the provider', 'void', answerWith('{"error":{}}', {}, 400)],
    ['without usage', 'post', answerWith('{"id":"c1","model":"test-model","choices":[]}')],
  ])('%s ends as %s', async (_name, kind, script) => {
    open = await openBudgetRig([budget('company', plenty)]);
    open.rig.script = script;
    await chat(plain());
    const [hold, end] = open.rig.journal.money as (HoldEntry & { shares: object[] })[];
    expect(end?.kind).toBe(kind);
    if (kind === 'post') expect(end).toMatchObject({ estimated: true, shares: hold?.shares });
    expect(open.account.state.openHolds).toBe(0);
  });

  test.each([
    ['is read on, and posted at what it cost', {}, { estimated: false, shares: [{ amount: cost }] }],
    [
      'is cancelled when it asked for that, and all that was held is spent',
      { 'burnrate-on-disconnect': 'cancel' },
      { estimated: true },
    ],
  ])('whose client leaves %s', async (_name, headers, end) => {
    open = await openBudgetRig([budget('company', plenty)]);
    let finish: () => void = () => undefined;
    open.rig.script = (req, res, received) => {
      finish = () => answerWith(answer)(req, res, received);
    };
    const leaving = new AbortController();
    const { port } = open.rig;
    const url = `http://127.0.0.1:${port}/v1/chat/completions`;
    const call = fetch(url, { method: 'POST', headers, body: plain(), signal: leaving.signal }).catch(() => null);
    await until(() => open.rig.received.length === 1);
    leaving.abort();
    await call;
    await until(() => open.rig.gateway.stats().inFlight === 1);
    setTimeout(() => finish(), 20);
    await until(() => open.rig.journal.ended.length === 1);
    expect(open.rig.journal.money.at(-1)).toMatchObject({ kind: 'post', ...end });
  });

  test('whose provider falls silent is spent in full', async () => {
    open = await openBudgetRig([budget('company', plenty)], { providerYaml: ', timeout: 100ms' });
    open.rig.script = () => undefined;
    expect((await chat(plain())).status).toBe(504);
    expect(open.rig.journal.money.at(-1)).toMatchObject({ kind: 'post', estimated: true });
  });

  test('that cannot be paid for is refused in the provider’s shape, and nothing goes out', async () => {
    open = await openBudgetRig([budget('company', 1_000n)]);
    const got = await chat(plain());
    expect(got.status).toBe(402);
    expect(got.headers).toMatchObject({ 'burnrate-error-code': 'budget_exceeded', 'x-should-retry': 'false' });
    expect(Number(got.headers['retry-after'])).toBeGreaterThan(0);
    const { error } = JSON.parse(got.body.toString());
    expect(error.code).toBe('budget_exceeded');
    expect(error.message).toMatch(
      /budget "company" has \$0\.000000001 of \$0\.000000001 left.*starts anew at \d{4}-\d\d-\d\dT\d\d:\d\d:00\.000Z/,
    );
    expect(open.rig.received).toHaveLength(0);
  });

  test.each([
    ['/anthropic/v1/messages', 'anthropic', (body: { error: { type: string } }) => body.error.type, 'billing_error'],
    [
      '/gemini/v1beta/models/test-model:generateContent',
      'gemini',
      (body: { error: { status: string } }) => body.error.status,
      'RESOURCE_EXHAUSTED',
    ],
  ])('refused at %s', async (path, _name, read, expected) => {
    open = await openBudgetRig([budget('company', 1_000n)]);
    const body = path.includes('gemini') ? '{"contents":[{"parts":[{"text":"Hi"}]}]}' : plain();
    const got = await ask(open.rig.port, { path, body });
    expect([got.status, read(JSON.parse(got.body.toString()))]).toEqual([402, expected]);
  });

  test('whose money others hold waits, and gets 429 when it does not come free', async () => {
    open = await openBudgetRig([budget('company', 2_000_000_000n)]);
    const release: (() => void)[] = [];
    open.rig.script = (req, res, received) => void release.push(() => answerWith(answer)(req, res, received));
    const first = chat(plain());
    await until(() => release.length === 1);
    const second = await chat(plain());
    expect([second.status, second.headers['burnrate-error-code']]).toEqual([429, 'budget_contended']);
    expect(second.headers['retry-after']).toBe('1');
    release[0]?.();
    expect((await first).status).toBe(200);
  });

  test('waits for its money and then goes out', async () => {
    open = await openBudgetRig([budget('company', 2_000_000_000n)], { serverYaml: 'budgetWait: 20s' });
    const release: (() => void)[] = [];
    open.rig.script = (req, res, received) => void release.push(() => answerWith(answer)(req, res, received));
    const calls = [chat(plain()), chat(plain())];
    await until(() => release.length === 1);
    release[0]?.();
    await until(() => release.length === 2);
    release[1]?.();
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([200, 200]);
    expect(open.rig.gateway.stats().controls).toMatchObject({ held: 2, posted: 2 });
  });

  test.each([
    ['a model without a price', { model: 'nobody-knows' }, 'unknown_price'],
    ['a stored conversation', { previous_response_id: 'r1' }, 'unbounded_input'],
  ])('%s is refused', async (_name, more, code) => {
    open = await openBudgetRig([budget('company', plenty)]);
    const got = await chat(plain(more));
    expect([got.status, got.headers['burnrate-error-code']]).toEqual([400, code]);
  });

  test('of another scope is not touched', async () => {
    open = await openBudgetRig([budget('team', 1n, { scope: { team: ['other'] } })]);
    open.rig.script = answerWith(answer);
    expect((await chat(plain())).status).toBe(200);
    expect(open.rig.journal.money).toEqual([]);
  });

  test('on a budget nobody used before is given as long an answer as on any other', async () => {
    open = await openBudgetRig([budget('company', plenty)]);
    open.rig.script = answerWith(answer);
    await chat(plain({ max_tokens: 5_000 }));
    const sent = JSON.parse(open.rig.received[0]?.body.toString() ?? '');
    expect(sent.max_tokens).toBe(5_000);
  });

  test('is given the answer its money buys: the maximum goes upstream', async () => {
    open = await openBudgetRig([budget('company', 6_000_000_000n)]);
    open.rig.script = answerWith(answer);
    await chat(plain({ max_tokens: 50_000 }));
    const sent = JSON.parse(open.rig.received[0]?.body.toString() ?? '');
    expect(sent.max_tokens).toBeGreaterThan(0);
    expect(sent.max_tokens).toBeLessThan(600);
  });
});

describe('an early end', () => {
  const word = 'x'.repeat(40);
  const chatEvent = `data: {"id":"c1","object":"chat.completion.chunk","created":7,"model":"test-model","choices":[{"index":0,"delta":{"content":"${word}"}}]}\n\n`;
  const responseEvents = [
    'event: response.created\ndata: {"type":"response.created","sequence_number":0,"response":{"id":"r1","object":"response","created_at":7,"model":"test-model","status":"in_progress"}}\n\n',
    `event: response.output_text.delta\ndata: {"type":"response.output_text.delta","sequence_number":1,"delta":"${word}"}\n\n`,
  ];
  const messageEvents = [
    'event: message_start\ndata: {"type":"message_start","message":{"id":"m1","model":"test-model","usage":{"input_tokens":10,"output_tokens":1}}}\n\n',
    'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n',
    `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"${word}"}}\n\n`,
  ];
  const geminiEvent = `data: {"candidates":[{"content":{"parts":[{"text":"${word}"}],"role":"model"},"index":0}],"modelVersion":"test-model","responseId":"g1"}\r\n\r\n`;

  test.each([
    [
      '/v1/chat/completions',
      [chatEvent],
      /"finish_reason":"length"}\]}\n\ndata: \[DONE\]\n\n$/,
      { id: 'c1', created: 7 },
    ],
    ['/v1/responses', responseEvents, /"type":"response.incomplete".*"max_output_tokens".*\n\n$/, { id: 'r1' }],
    [
      '/anthropic/v1/messages',
      messageEvents,
      /"index":0}\n\nevent: message_delta\ndata: .*"max_tokens".*\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n$/,
      {},
    ],
    [
      '/gemini/v1beta/models/test-model:streamGenerateContent?alt=sse',
      [geminiEvent],
      /"finishReason":"MAX_TOKENS".*\r\n\r\n$/,
      { responseId: 'g1' },
    ],
  ])('of %s is written as the provider does at its limit', async (path, events, ending, _facts) => {
    // Enough for the input bound and about a thousand tokens of output.
    open = await openBudgetRig([budget('company', 13_000_000_000n)]);
    let cut = false;
    open.rig.script = (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const event of events.slice(0, -1)) res.write(event);
      const timer = setInterval(() => res.write(events.at(-1) as string), 1);
      res.on('close', () => {
        clearInterval(timer);
        cut = true;
      });
    };
    const body = path.includes('gemini')
      ? '{"contents":[{"parts":[{"text":"Hi"}]}]}'
      : JSON.stringify({
          model: 'test-model',
          stream: true,
          max_tokens: 100_000,
          max_output_tokens: 100_000,
          messages,
          input: 'Hi',
        });
    const got = await ask(open.rig.port, { path, body });
    expect(got.broken).toBe(false);
    expect(got.body.toString()).toMatch(ending);
    await until(() => cut && open.rig.journal.ended.length === 1);
    expect(open.rig.journal.ended[0]).toMatchObject({
      ...{ failure: null, usageSource: 'estimated' },
      decisions: ['endedEarly'],
    });
    expect(open.rig.journal.money.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['hold', 'extend', 'post']));
    expect(open.rig.gateway.stats().controls).toMatchObject({ endedEarly: 1, expired: 1 });
    await until(() => open.account.state.openHolds === 0 && known() > 0n);
    expect(known()).toBeLessThanOrEqual(13_000_000_000n);
  });

  test('does not come while there is money: the hold grows with the stream', async () => {
    open = await openBudgetRig([budget('company', plenty)]);
    const done = `data: {"id":"c1","model":"test-model","choices":[],"usage":${JSON.stringify(usage)}}\n\ndata: [DONE]\n\n`;
    open.rig.script = (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      let n = 0;
      const timer = setInterval(() => {
        if (n++ < 40) return void res.write(chatEvent);
        clearInterval(timer);
        res.end(done);
      }, 1);
    };
    const got = await chat(plain({ stream: true, max_tokens: 10_000, stream_options: { include_usage: true } }));
    expect(got.body.toString()).toBe(chatEvent.repeat(40) + done);
    const kinds = open.rig.journal.money.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'extend').length).toBeGreaterThan(1);
    expect(open.rig.journal.money.at(-1)).toMatchObject({ kind: 'post', shares: [{ amount: cost }] });
  });
});

test('what one gateway learned sizes the holds of the next from its first call', async () => {
  let kept = 'null';
  const learning = {
    load: () => JSON.parse(kept),
    save: (learned: unknown) => {
      kept = JSON.stringify(learned);
    },
  };
  const heldOf = () => {
    const [hold] = open.rig.journal.money;
    return hold?.kind === 'hold' ? (hold.shares[0]?.amount ?? 0n) : 0n;
  };
  // A sixteenth of it buys more than any of these answers needs.
  const options = { learning };
  open = await openBudgetRig([budget('company', 13_000_000_000n)], options);
  open.rig.script = answerWith(answer);
  for (let i = 0; i < 30; i++) await chat(plain({ max_tokens: 50_000 }));
  const before = heldOf();
  await open.close();
  expect(kept).not.toContain('Hello');
  open = await openBudgetRig([budget('company', 13_000_000_000n)], options);
  open.rig.script = answerWith(answer);
  await chat(plain({ max_tokens: 50_000 }));
  expect(heldOf()).toBeLessThan(before);
});

describe('many calls at once', () => {
  /** Writes a token a turn until it is cut, and goes on for `lag` tokens that nobody reads; counts what it bills. */
  function meteredUpstream(tokens: number, lag: number): { billed: bigint } {
    const bill = { billed: 0n };
    open.rig.script = (_req, res) => {
      bill.billed += 10n * perInputToken;
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      let written = 0;
      const timer = setInterval(() => {
        const event = { id: 'c1', model: 'test-model', choices: [{ index: 0, delta: { content: 'word' } }] };
        for (let i = 0; i < 10 && written < tokens; i++, written++) {
          bill.billed += perOutputToken;
          res.write(`data: ${JSON.stringify(event)}\n\n`);
        }
        if (written < tokens) return;
        clearInterval(timer);
        const counts = { prompt_tokens: 10, completion_tokens: tokens, total_tokens: tokens + 10 };
        res.end(`data: ${JSON.stringify({ id: 'c1', choices: [], usage: counts })}\n\ndata: [DONE]\n\n`);
      }, 2);
      res.on('close', () => {
        clearInterval(timer);
        if (written < tokens) bill.billed += BigInt(Math.min(lag, tokens - written)) * perOutputToken;
      });
    };
    return bill;
  }

  test.each([
    ['that stops at once', 0],
    ['that bills on for a while', 40],
  ])('never cost more than the budget, at a provider %s', async (_name, lag) => {
    const limit = 60_000_000_000n;
    open = await openBudgetRig([budget('company', limit)], {
      providerYaml: ', cancelLag: 64',
      serverYaml: 'budgetWait: 15s',
    });
    const bill = meteredUpstream(300, lag);
    const calls = Array.from({ length: 40 }, () =>
      chat(plain({ stream: true, max_tokens: 32_000, stream_options: { include_usage: true } })),
    );
    const statuses = (await Promise.all(calls)).map(({ status }) => status);
    await until(() => open.account.state.openHolds === 0);
    expect(bill.billed).toBeLessThanOrEqual(limit);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(9);
    expect(statuses.filter((status) => ![200, 402, 429].includes(status))).toEqual([]);
    await until(() => known() >= bill.billed && known() <= limit);
  });
});
