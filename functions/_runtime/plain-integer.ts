import * as z from 'zod';

/** Reads digits only. Number() would also take an exponent, hex digits, a sign and spaces. */
export function plainInteger<S extends z.ZodType>(schema: S) {
  return z.preprocess(
    (text) => (typeof text === 'string' && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : text),
    schema,
  );
}
