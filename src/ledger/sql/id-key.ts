/**
 * A 32-bit number for an id (FNV-1a over its UTF-16 units), kept beside it: looking one id up among millions reads
 * four bytes a row instead of thirty. Equal ids have equal keys; ids that share a key are told apart by the id itself.
 */
export function idKey(id: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  return hash | 0;
}
