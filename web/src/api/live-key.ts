/** Queries whose key starts with this are read again when the ledger grows. */
export const liveKey = 'live';
