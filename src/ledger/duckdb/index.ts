export { type DuckDbLedgerOptions, openDuckDbLedger } from './open-duckdb-ledger.ts';
