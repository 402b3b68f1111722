const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const idPattern = /^[a-z]+_([0-9a-hjkmnp-tv-z]{10})[0-9a-hjkmnp-tv-z]{16}$/;

/** When an id was made, ms since the Unix epoch: ids begin with their time. Null for ids made elsewhere. */
export function idTimeMs(id: string): number | null {
  const time = idPattern.exec(id)?.[1];
  if (time === undefined) return null;
  let ms = 0;
  for (const char of time) ms = ms * 32 + alphabet.indexOf(char);
  return ms;
}
