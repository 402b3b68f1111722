export interface BaseUrls {
  readonly openai: string;
  readonly anthropic: string;
  readonly gemini: string;
}

export interface Snippet {
  readonly id: string;
  readonly label: string;
  readonly code: string;
}

/** A first call with each client, against this very instance. */
export function snippets(urls: BaseUrls): Snippet[] {
  return [
    { id: 'openai-python', label: 'OpenAI (Python)', code: openaiPython(urls.openai) },
    { id: 'openai-node', label: 'OpenAI (Node)', code: openaiNode(urls.openai) },
    { id: 'anthropic', label: 'Anthropic', code: anthropicPython(urls.anthropic) },
    { id: 'gemini', label: 'Gemini', code: geminiNode(urls.gemini) },
    { id: 'curl', label: 'curl', code: curl(urls.openai) },
  ];
}

function openaiPython(url: string): string {
  return `from openai import OpenAI

client = OpenAI(base_url="${url}", api_key="any")

client.chat.completions.create(
    model="gpt-5-mini",
    messages=[{"role": "user", "content": "Say hello."}],
    extra_headers={"burnrate-workflow": "support-assistant", "burnrate-stage": "answer"},
)`;
}

function openaiNode(url: string): string {
  return `import OpenAI from 'openai';

const client = new OpenAI({ baseURL: '${url}', apiKey: 'any' });

await client.chat.completions.create(
  { model: 'gpt-5-mini', messages: [{ role: 'user', content: 'Say hello.' }] },
  { headers: { 'burnrate-workflow': 'support-assistant', 'burnrate-stage': 'answer' } },
);`;
}

function anthropicPython(url: string): string {
  return `from anthropic import Anthropic

client = Anthropic(base_url="${url}", api_key="any")

client.messages.create(
    model="claude-sonnet-4-5",
    max_tokens=200,
    messages=[{"role": "user", "content": "Say hello."}],
    extra_headers={"burnrate-workflow": "support-assistant", "burnrate-stage": "answer"},
)`;
}

function geminiNode(url: string): string {
  return `import { GoogleGenAI } from '@google/genai';

const client = new GoogleGenAI({
  apiKey: 'any',
  httpOptions: {
    baseUrl: '${url}',
    headers: { 'burnrate-workflow': 'support-assistant', 'burnrate-stage': 'answer' },
  },
});

await client.models.generateContent({ model: 'gemini-2.5-flash', contents: 'Say hello.' });`;
}

function curl(url: string): string {
  return `curl ${url}/chat/completions \\
  -H "authorization: Bearer any" \\
  -H "content-type: application/json" \\
  -H "burnrate-workflow: support-assistant" \\
  -H "burnrate-stage: answer" \\
  -d '{"model": "gpt-5-mini", "messages": [{"role": "user", "content": "Say hello."}]}'`;
}
