import { z as zod } from 'zod';
import { byteSize, duration, fraction, positiveCount, wholeBetween } from '../fields.ts';
import { doc, fromEnvironment, name, section, text } from './shapes.ts';

export const serverSchema = section({
  maxBodyBytes: doc(byteSize.prefault('32MB'), 'Largest request body accepted; above it 413 `body_too_large`.', '32MB'),
  maxHeaderBytes: doc(byteSize.prefault('64kB'), 'Largest request header block accepted.', '64kB'),
  maxConcurrent: doc(
    positiveCount.prefault(2000),
    'Requests one worker serves at a time; above it 503 `overloaded`.',
    2000,
  ),
  maxResponseBufferBytes: doc(
    byteSize.prefault('32MB'),
    'How much of one plain answer is kept to read its usage; a longer answer is forwarded and its usage estimated.',
    '32MB',
  ),
  headersTimeout: doc(duration.prefault('30s'), 'How long a client may take to send its headers.', '30s'),
  requestTimeout: doc(duration.prefault('5m'), 'How long a client may take to send its whole request.', '5m'),
  keepAlive: doc(duration.prefault('75s'), 'How long an idle client connection is kept.', '75s'),
  connectTimeout: doc(duration.prefault('10s'), 'How long connecting to a provider may take.', '10s'),
  budgetWait: doc(
    duration.prefault('5s'),
    'How long a call may wait for money of a hard budget that other calls hold, before it is refused.',
    '5s',
  ),
  upstreamTimeout: doc(
    duration.prefault('10m'),
    'How long a provider may take to begin its answer where neither stage nor provider says otherwise.',
    '10m',
  ),
  streamIdleTimeout: doc(
    duration.prefault('2m'),
    'How long a provider may send nothing in the middle of an answer before it counts as broken off.',
    '2m',
  ),
  drainTimeout: doc(duration.prefault('30s'), 'How long calls in flight may run on when Burnrate stops.', '30s'),
  onDisconnect: doc(
    zod.enum(['auto', 'cancel', 'finish']).prefault('auto'),
    'What happens upstream when a client goes away; `burnrate-on-disconnect` overrides it per request. `auto` cancels streams, and answers no hard budget covers; the others are read on, because a cancelled answer’s bill is unknown and would count in full.',
    'auto',
  ),
  allowedHosts: doc(
    zod.array(text).prefault([]),
    'Further Host values that are ours, beside the listen address and, on loopback, localhost.',
    ['burnrate.internal'],
  ),
  allowedOrigins: doc(
    zod.array(text).prefault([]),
    'Further Origins whose pages may call; a page on any other site is refused.',
    ['https://dashboard.example.com'],
  ),
});

export const sampledRetention = section({
  keep: doc(duration, 'How long the sample is kept.', '180d'),
  share: doc(fraction, 'Share of runs in the sample.', 0.05),
});

export const retentionSchema = section({
  attempts: doc(duration.prefault('400d'), 'How long every attempt is kept; its daily sums stay longer.', '90d'),
  sampled: doc(sampledRetention.exactOptional(), 'A sample of runs kept in full beyond `attempts`.', {
    keep: '180d',
    share: 0.05,
  }),
  aggregates: doc(duration.prefault('1825d'), 'How long daily sums are kept.', '1825d'),
  audit: doc(duration.prefault('1825d'), 'How long audit entries are kept.', '1825d'),
});

const postgres = section({
  url: doc(text, 'Connection URL; take it from the environment.', fromEnvironment('BOOKS_URL')),
});
const clickhouse = section({
  url: doc(text, 'HTTP URL of the server.', fromEnvironment('LEDGER_URL')),
  database: doc(name.prefault('burnrate'), 'Database that holds the ledger.', 'burnrate'),
  username: doc(text.exactOptional(), 'User name.', 'burnrate'),
  password: doc(text.exactOptional(), 'Password; take it from the environment.', fromEnvironment('LEDGER_PASSWORD')),
});

export const enginesSchema = section({
  postgres: doc(postgres.exactOptional(), 'PostgreSQL for the books; SQLite in `data` when absent.'),
  clickhouse: doc(clickhouse.exactOptional(), 'ClickHouse for the ledger; DuckDB in `data` when absent.'),
});

export const workersSchema = wholeBetween(1, 64);
export const accessSchema = zod.enum(['open', 'keys']);
