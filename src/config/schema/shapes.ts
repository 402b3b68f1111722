import { z } from 'zod';
import { instant } from '../fields.ts';

/**
 * An object that refuses unknown keys. The refusal's message lists the known keys, separated by spaces, from which the
 * loader finds the nearest.
 */
export function section<S extends z.core.$ZodLooseShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  const known = Object.keys(shape).join(' ');
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? known : undefined),
  });
}

/** What the schema's metadata calls examples: the generator drops the standard name from whatever is transformed. */
export const exampleKey = 'x-examples';

/** Adds what the reference and editors show. */
export function doc<T extends z.ZodType>(schema: T, description: string, ...examples: readonly unknown[]): T {
  return schema.meta(examples.length > 0 ? { description, [exampleKey]: examples } : { description }) as T;
}

/** A name that becomes part of ids, headers and reports. */
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;
export const name = z.string().regex(namePattern, { error: 'a name of letters, digits, ".", "_", ":" and "-"' });
export const text = z.string().min(1, { error: 'a text that is not empty' });

export function named<T extends z.ZodType>(value: T): z.ZodRecord<typeof name, T> {
  return z.record(name, value);
}

/** One text or a list of them, always read as a list. */
export const textOrList = z
  .union([text, z.array(text).min(1)])
  .transform((value): readonly string[] => (typeof value === 'string' ? [value] : value));

/** `provider/model`, or a plain name for the only provider that has it. */
export const modelName = text.meta({ id: 'ModelName', description: 'provider/model, like openai/gpt-5-mini' });

/** From when and until when something is paid; days begin at midnight of the file's time zone. */
export const paidDates = {
  from: doc(instant.exactOptional(), 'First day it is paid.', '2026-01-01'),
  until: doc(instant.exactOptional(), 'First day it is no longer paid.', '2027-01-01'),
};

/** An example that takes its value from the environment. */
export const fromEnvironment = (variable: string): string => `\${${variable}}`;
