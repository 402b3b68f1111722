/** Node 20 freezes the headers of fetch's responses; the peer writes to them. A copy lets it run at all. */
const original = globalThis.fetch;
globalThis.fetch = async (...args) => {
  const response = await original(...args);
  return new Response(response.body, { status: response.status, headers: new Headers(response.headers) });
};
