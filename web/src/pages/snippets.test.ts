import { expect, test } from 'vitest';
import { snippets } from './snippets.ts';

test('every example points at this very instance and names its workflow', () => {
  const urls = { openai: 'http://h:1/v1', anthropic: 'http://h:1/anthropic', gemini: 'http://h:1/gemini' };
  const all = snippets(urls);
  expect(all.map((snippet) => snippet.id)).toEqual(['openai-python', 'openai-node', 'anthropic', 'gemini', 'curl']);
  for (const { code } of all) {
    expect(code).toMatch(/http:\/\/h:1\/(?:v1|anthropic|gemini)/);
    expect(code).toContain('burnrate-workflow');
  }
});
