// Writes the generated parts of docs/. Run: npx tsx scripts/generate-docs.ts
import { readFile, writeFile } from 'node:fs/promises';
import { generatedDocs, withGenerated } from './generated-docs.ts';

for (const [name, generate] of Object.entries(generatedDocs)) {
  const file = new URL(`../docs/${name}`, import.meta.url);
  await writeFile(file, withGenerated(await readFile(file, 'utf8'), await generate()));
}
