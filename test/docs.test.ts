import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generatedDocs, withGenerated } from '../scripts/generated-docs.ts';

test.each(Object.keys(generatedDocs))(
  'docs/%s says what the code says (npx tsx scripts/generate-docs.ts writes it)',
  async (name) => {
    const page = readFileSync(new URL(`../docs/${name}`, import.meta.url), 'utf8');
    expect(withGenerated(page, await generatedDocs[name]!())).toBe(page);
  },
);
