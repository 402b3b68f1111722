/** Asks an instance's API with JSON, and fails with its whole answer where that is not the status meant. */
export async function ask<Answer>(
  origin: string,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
  status = 200,
): Promise<Answer> {
  const response = await fetch(origin + path, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (response.status !== status) throw new Error(`${method} ${path}: ${response.status}, not ${status}: ${text}`);
  return JSON.parse(text) as Answer;
}
