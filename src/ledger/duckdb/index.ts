export { type LedgerProcess, type LedgerProcessOptions, runLedgerProcess } from './ledger-process.ts';
export { type DuckDbLedgerOptions, openDuckDbLedger } from './open-duckdb-ledger.ts';
