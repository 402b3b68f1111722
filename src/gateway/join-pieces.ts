const nothing = Buffer.alloc(0);

/** The pieces as one buffer; one alone is handed on as it is, without a copy. */
export function joinPieces(pieces: readonly Buffer[]): Buffer {
  return pieces.length > 1 ? Buffer.concat(pieces) : (pieces[0] ?? nothing);
}
