import { DuckDBInstance } from '@duckdb/node-api';
import { latencyBinSql } from '../../src/ledger/sql/latency-bins.ts';
import { listNames } from '../../src/ledger/sql/outcome-rows.ts';

export const monthMs = 30 * 86_400_000;
const rowsPerStatement = 500_000;

/**
 * Fills an empty ledger file with a month of attempts, made by the engine itself in the shape the gateway writes them:
 * of ten attempts nine are three runs of three calls and one is a retry; two runs are an interaction, six a session of one
 * user and workflow; 70 % have an outcome.
 */
export async function makeMonth(file: string, rows: number, startMs: number): Promise<void> {
  const instance = await DuckDBInstance.create(file, { memory_limit: '2GB', threads: '2' });
  const connection = await instance.connect();
  for (let first = 0; first < rows; first += rowsPerStatement) {
    await connection.run(attempts(first, Math.min(rows, first + rowsPerStatement), rows, startMs));
  }
  await connection.run(outcomes);
  await connection.run('CHECKPOINT');
  connection.closeSync();
  instance.closeSync();
}

const keyOf = (number: string) => `((hash(${number}) % 4294967296)::BIGINT - 2147483648)::INTEGER`;

function attempts(first: number, end: number, rows: number, startMs: number): string {
  const beganAt = (number: string) => `${startMs} + ((${number}) * ${monthMs}::HUGEINT // ${rows})::BIGINT`;
  return `
    INSERT INTO attempts BY NAME
    WITH drawn AS (
      SELECT i, i % 10 AS j, (i // 10) * 3 + least((i % 10) // 3, 2) AS run_number,
        CASE WHEN i % 10 = 9 THEN i - 1 ELSE i END AS call_number, CASE WHEN i % 10 = 9 THEN 2 ELSE (i % 10) % 3 END AS s,
        (200 + hash(i) % 4000)::BIGINT AS input, (hash(i + 1) % 1000)::BIGINT AS cached, (hash(i + 2) % 800)::BIGINT AS output,
        (700 * exp(1.2 * ((hash(i + 3) % 1000 + hash(i + 4) % 1000 + hash(i + 5) % 1000) / 1000.0 - 1.5)))::BIGINT AS duration
      FROM range(${first}, ${end}) AS numbers(i)),
    placed AS (SELECT *, (hash(run_number // 6) % 10000)::BIGINT AS u, run_number // 6 % 5 AS w FROM drawn)
    SELECT
      'att_0fjv8k2m1x' || lpad(i::VARCHAR, 16, '0') AS attempt_id, 'call_0fjv8k2m1x' || lpad(call_number::VARCHAR, 16, '0') AS call_id,
      CASE WHEN j = 9 THEN 2 ELSE 1 END AS attempt_number, 'run_0fjv8k2m1x' || lpad(run_number::VARCHAR, 16, '0') AS run,
      CASE WHEN j = 9 THEN 'retry' ELSE 'first' END AS reason, 'client' AS layer, 'key_' || w AS key_id,
      ['openai', 'openai', 'anthropic'][s + 1] AS provider, ['openai', 'openai', 'anthropic'][s + 1] AS protocol,
      ['chat', 'embeddings', 'messages'][s + 1] AS operation, ['gpt-5-nano', 'text-embedding-3-small', 'claude-sonnet-4-5'][s + 1] AS model_requested,
      ['gpt-5-nano', 'text-embedding-3-small', 'claude-sonnet-4-5'][s + 1] AS model_served, 'standard' AS tier, s = 2 AS streamed,
      CASE WHEN j = 8 THEN 504 ELSE 200 END AS status, CASE WHEN j = 8 THEN 'timeout' END AS failure, 0 AS client_retry_count,
      ${beganAt('i')} AS started_at, ${beganAt('(i // 10) * 10 + 3 * least(j // 3, 2)')} AS run_began_at, duration * 0.2 AS first_byte_ms, duration * 0.25 AS first_token_ms,
      duration AS duration_ms, '{"input":' || input || ',"cacheRead":' || cached || ',"output":' || output || '}' AS usage,
      input + cached AS input_tokens, cached AS cache_read_tokens, output AS output_tokens, 'reported' AS usage_source,
      CASE WHEN j = 9 THEN ['retries', 'retries', 'retries'] ELSE ['inference', 'inference', 'inference'] END AS line_kind,
      CASE WHEN j = 9 THEN 'retries' ELSE 'inference' END AS plain_line, ['input', 'cacheRead', 'output'] AS line_bucket, ['tokens', 'tokens', 'tokens'] AS line_unit,
      [input, cached, output] AS line_quantity, [1250000, 125000, 10000000] AS line_rate,
      [input * 1250000, cached * 125000, output * 10000000] AS line_cost,
      input * 1250000 + cached * 125000 + output * 10000000 AS cost, 'known' AS price_state, 'card_1' AS rate_card,
      md5(i::VARCHAR) AS fingerprint, 100 AS part_system, 200 AS part_history, 600 AS part_retrieval, 100 AS part_question, 0 AS part_tools,
      input * 4 AS request_bytes, output * 4 AS response_bytes, 'req_' || i AS provider_request_id, false AS simulated,
      'workflow-' || w AS workflow, ['classify', 'retrieve', 'answer'][s + 1] AS stage, 'session_' || run_number // 6 AS session_id,
      'int_' || run_number // 2 AS interaction, 'user-' || u AS user_id, 'customer-' || u % 200 AS customer,
      CASE WHEN u % 20 = 0 THEN 'edge' ELSE 'happy' END AS segment, 'team-' || w % 4 AS team, 'feature-' || w AS feature,
      CASE WHEN u % 10 = 0 THEN 'pro' ELSE 'free' END AS plan, 'production' AS environment, 'r' || (i * 5 // ${rows}) AS release_name,
      'v' || (i * 9 // ${rows}) AS prompt_version, ${keyOf('call_number')} AS call_key,
      ${keyOf('run_number + 7')} AS run_key, (j <> 9)::TINYINT AS new_call,
      (j IN (0, 3, 6))::TINYINT AS new_run, (j IN (0, 3, 6) AND run_number % 2 = 0)::TINYINT AS new_interaction,
      ${`'{"experiment":"' || ['a', 'b', 'c'][run_number % 3 + 1] || '"}'`} AS tags, (j = 9)::TINYINT AS new_reason, (j <> 8)::TINYINT AS completes_call,
      CASE WHEN j = 9 THEN 'timeout' END AS cause, (j IN (0, 3, 6) AND run_number % 6 = 0)::TINYINT AS new_session,
      ${keyOf('run_number // 6')} AS session_key, ${keyOf('run_number // 2')} AS interaction_key,
      ${latencyBinSql('duration')} AS duration_bin, ${latencyBinSql('duration * 0.25')} AS first_token_bin,
      (j <> 9)::TINYINT AS new_run_in_stage, (j <> 9)::TINYINT AS new_run_with_model, (j <> 9 AND run_number % 2 = 0)::TINYINT AS new_interaction_in_stage
    FROM placed`;
}

const outcomes = `
  INSERT INTO outcomes BY NAME
  SELECT 'o' || attempt_id AS id, run, ['success', 'success', 'success', 'escalated', 'failed'][(hash(run) % 5)::BIGINT + 1] AS outcome,
    4500000000000 AS value, 2 AS human_minutes, started_at + 60000 AS happened_at, started_at + 60000 AS recorded_at,
    run_key, true AS counts, started_at AS run_began_at, workflow, stage, session_id, interaction, user_id, customer, segment, team,
    feature, plan, environment, release_name, prompt_version, key_id, simulated,
    '${listNames(['gpt-5-nano', 'text-embedding-3-small', 'claude-sonnet-4-5'])}' AS models
  FROM attempts WHERE new_run = 1 AND hash(run || 'x') % 10 < 7`;
