/** What a call belongs to. Everything is optional; what is left out is simply not known. */
export interface RunContext {
  readonly workflow?: string;
  readonly stage?: string;
  /** One pass through the workflow; the same for all its calls and its outcome. */
  readonly run?: string;
  /** The conversation. */
  readonly session?: string;
  /** One thing the user wants; a draft and its refinements are one interaction. */
  readonly interaction?: string;
  readonly user?: string;
  readonly customer?: string;
  readonly segment?: string;
  readonly team?: string;
  readonly feature?: string;
  readonly plan?: string;
  readonly environment?: string;
  readonly release?: string;
  readonly promptVersion?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

const names = {
  workflow: 'workflow',
  stage: 'stage',
  run: 'run',
  session: 'session',
  interaction: 'interaction',
  user: 'user',
  customer: 'customer',
  segment: 'segment',
  team: 'team',
  feature: 'feature',
  plan: 'plan',
  environment: 'environment',
  release: 'release',
  promptVersion: 'prompt-version',
} as const satisfies Record<Exclude<keyof RunContext, 'tags'>, string>;

/**
 * Request headers that attribute a call, for the `headers` (or `defaultHeaders`) of an SDK. Burnrate keeps them; none of
 * them goes to the provider.
 *
 * @example
 * await openai.chat.completions.create(body, { headers: runHeaders({ workflow: 'support', run: 'run-42' }) });
 * @throws TypeError when a value has characters that no header may carry
 */
export function runHeaders(context: RunContext): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of entries(context)) headers[`burnrate-${name}`] = headerSafe(name, value);
  const tags = Object.entries(context.tags ?? {}).map(([key, value]) => `${tagSafe(key)}=${tagSafe(value)}`);
  if (tags.length > 0) headers['burnrate-tags'] = tags.join(',');
  return headers;
}

/**
 * The same as a W3C `baggage` header value, for services that hand their baggage on: whichever of them makes the call,
 * it is attributed. Values are percent-encoded.
 *
 * @param existing baggage that came in, which is kept
 */
export function runBaggage(context: RunContext, existing = ''): string {
  const own = entries(context).map(([name, value]) => `burnrate.${name}=${encodeURIComponent(value)}`);
  return [...(existing === '' ? [] : [existing]), ...own].join(',');
}

function entries(context: RunContext): [string, string][] {
  return Object.entries(names).flatMap(([field, name]): [string, string][] => {
    const value = context[field as keyof typeof names];
    return value === undefined || value === '' ? [] : [[name, value]];
  });
}

/** Visible ASCII and blanks inside (RFC 9110, section 5.5); other text goes into baggage, where it is encoded. */
function headerSafe(name: string, value: string): string {
  if (/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value)) return value;
  throw new TypeError(`"${name}" has characters a header cannot carry; send it as baggage, or use an id`);
}

function tagSafe(text: string): string {
  if (/^[^,=\s][^,=]*$/.test(text)) return headerSafe('tags', text);
  throw new TypeError(`the tag "${text}" must not be empty, begin with a blank, or have "," or "=" in it`);
}
