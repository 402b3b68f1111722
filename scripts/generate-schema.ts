// Writes what is generated from the configuration's schema. Run: npx tsx scripts/generate-schema.ts
import { readFile, writeFile } from 'node:fs/promises';
import { configJsonSchemaText, withReference } from '../src/config/index.ts';

const schemaFile = new URL('../schema/burnrate.schema.json', import.meta.url);
const pageFile = new URL('../docs/configuration.md', import.meta.url);

await writeFile(schemaFile, configJsonSchemaText());
await writeFile(pageFile, withReference(await readFile(pageFile, 'utf8')));
