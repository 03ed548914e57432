import * as z from 'zod';
import { ServiceError } from './error.ts';

/** Given the leaf values of a field (none where it is absent), tells whether the field matches. */
export type LeavesFilter = (leaves: readonly unknown[]) => boolean;

type LeafTest = (leaf: unknown) => boolean;

const literal = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const literals = z.union([literal.transform((one) => [one]), z.array(literal).min(1)]);
const texts = z.union([z.string().transform((one) => [one]), z.array(z.string()).min(1)]);
const ignoringCase = z.strictObject({ 'equals-ignore-case': z.string() });
const operator = z.enum(['=', '<', '<=', '>', '>=']);

const filterSchema = z.union([
  literal.transform((value): LeavesFilter => some((leaf) => leaf === value)),
  z.strictObject({ exists: z.boolean() }).transform(
    ({ exists }): LeavesFilter =>
      (leaves) =>
        leaves.length > 0 === exists,
  ),
  z
    .strictObject({ prefix: z.union([z.string(), ignoringCase]) })
    .transform(
      ({ prefix }): LeavesFilter =>
        some(
          typeof prefix === 'string'
            ? startsWith(prefix)
            : lowerCased((text) => text.startsWith(prefix['equals-ignore-case'].toLowerCase())),
        ),
    ),
  z
    .strictObject({ suffix: z.union([z.string(), ignoringCase]) })
    .transform(
      ({ suffix }): LeavesFilter =>
        some(
          typeof suffix === 'string'
            ? endsWith(suffix)
            : lowerCased((text) => text.endsWith(suffix['equals-ignore-case'].toLowerCase())),
        ),
    ),
  ignoringCase.transform((filter): LeavesFilter => some(equalsIgnoringCase(filter['equals-ignore-case']))),
  z
    .strictObject({ wildcard: z.string() })
    .transform(({ wildcard }): LeavesFilter => some(matchesWildcard(wildcard))),
  z
    .strictObject({ numeric: z.array(z.union([operator, z.number()])) })
    .transform(({ numeric }, context): LeavesFilter => {
      const test = numericTest(numeric);
      if (test) return some(test);
      context.addIssue({
        code: 'custom',
        message: 'numeric takes one or two pairs of an operator and a number',
      });
      return z.NEVER;
    }),
  z.strictObject({ 'anything-but': z.unknown() }).transform((filter, context): LeavesFilter => {
    const excluded = anythingButSchema.safeParse(filter['anything-but']);
    if (excluded.success) return some((leaf) => !excluded.data(leaf));
    context.addIssue({
      code: 'custom',
      message: 'anything-but takes values, or one of prefix, suffix, equals-ignore-case, wildcard',
    });
    return z.NEVER;
  }),
]);

const anythingButSchema = z.union([
  literals.transform(
    (values): LeafTest =>
      (leaf) =>
        values.some((value) => value === leaf),
  ),
  z.strictObject({ prefix: texts }).transform(({ prefix }): LeafTest => anyOf(prefix.map(startsWith))),
  z.strictObject({ suffix: texts }).transform(({ suffix }): LeafTest => anyOf(suffix.map(endsWith))),
  z
    .strictObject({ 'equals-ignore-case': texts })
    .transform((filter): LeafTest => anyOf(filter['equals-ignore-case'].map(equalsIgnoringCase))),
  z
    .strictObject({ wildcard: texts })
    .transform(({ wildcard }): LeafTest => anyOf(wildcard.map(matchesWildcard))),
]);

/** One entry of a pattern's array. @throws ServiceError UNKNOWN_PATTERN */
export function valueFilter(entry: unknown, path: string): LeavesFilter {
  const parsed = filterSchema.safeParse(entry);
  if (parsed.success) return parsed.data;
  throw new ServiceError(
    'UNKNOWN_PATTERN',
    `The event pattern at ${path} has a filter that is not known: ${JSON.stringify(entry)}`,
  );
}

function some(test: LeafTest): LeavesFilter {
  return (leaves) => leaves.some(test);
}

function anyOf(tests: readonly LeafTest[]): LeafTest {
  return (leaf) => tests.some((test) => test(leaf));
}

function onText(test: (text: string) => boolean): LeafTest {
  return (leaf) => typeof leaf === 'string' && test(leaf);
}

function lowerCased(test: (text: string) => boolean): LeafTest {
  return onText((text) => test(text.toLowerCase()));
}

function startsWith(prefix: string): LeafTest {
  return onText((text) => text.startsWith(prefix));
}

function endsWith(suffix: string): LeafTest {
  return onText((text) => text.endsWith(suffix));
}

function equalsIgnoringCase(expected: string): LeafTest {
  return lowerCased((text) => text === expected.toLowerCase());
}

/** `*` stands for any number of characters; a backslash takes its meaning away. */
function matchesWildcard(wildcard: string): LeafTest {
  const parts = [...wildcard.matchAll(/\\(?<escaped>[*\\])|(?<star>\*)|(?<plain>[^*\\]+|\\)/g)];
  const source = parts.map(({ groups }) =>
    groups?.star ? '.*' : RegExp.escape(groups?.escaped ?? groups?.plain ?? ''),
  );
  const expression = new RegExp(`^${source.join('')}$`, 's');
  return onText((text) => expression.test(text));
}

function numericTest(parts: readonly (string | number)[]): LeafTest | undefined {
  if (parts.length !== 2 && parts.length !== 4) return undefined;
  const tests: ((value: number) => boolean)[] = [];
  for (let at = 0; at < parts.length; at += 2) {
    const [name, bound] = [parts[at], parts[at + 1]];
    if (typeof name !== 'string' || typeof bound !== 'number') return undefined;
    tests.push(comparison(name, bound));
  }
  return (leaf) => typeof leaf === 'number' && tests.every((test) => test(leaf));
}

function comparison(name: string, bound: number): (value: number) => boolean {
  switch (name) {
    case '=':
      return (value) => value === bound;
    case '<':
      return (value) => value < bound;
    case '<=':
      return (value) => value <= bound;
    case '>':
      return (value) => value > bound;
    default:
      return (value) => value >= bound;
  }
}
