import type { ProviderKind } from '../settings.ts';
import { anthropic } from './anthropic/index.ts';
import { gemini } from './gemini/index.ts';
import { openai } from './openai/index.ts';
import { other } from './other.ts';
import type { Protocol } from './protocol.ts';

export const protocols: Readonly<Record<ProviderKind, Protocol>> = { openai, anthropic, gemini, other };
