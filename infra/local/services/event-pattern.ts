import { valueFilter } from './event-pattern-filters.ts';
import { ServiceError } from './error.ts';

/** Tells whether an event (or a part of one) matches. */
export type Matcher = (event: unknown) => boolean;

type PatternObject = Readonly<Record<string, unknown>>;

/** Whether an event matches a rule's pattern. @throws ServiceError UNKNOWN_PATTERN */
export function matchesPattern(event: unknown, pattern: PatternObject): boolean {
  return compilePattern(pattern)(event);
}

/**
 * A rule's pattern as a function, by the rules in "Creating Amazon EventBridge event patterns": fields are
 * and-ed, the entries of an array are or-ed, and an array in the event matches if any of its elements does.
 * @throws ServiceError UNKNOWN_PATTERN where the pattern says something that EventBridge does not know or that
 * is not offered here (`cidr`), so that a rule which could never match is found when it is read.
 */
export function compilePattern(pattern: PatternObject): Matcher {
  return objectMatcher(pattern, '');
}

function objectMatcher(pattern: PatternObject, path: string): Matcher {
  const entries = Object.entries(pattern);
  if (entries.length === 0) throw refused(path, 'is empty');
  const matchers = entries.map(([field, expected]) => fieldMatcher(field, expected, path));
  // All conditions on an array of objects have to hold for one and the same element.
  return (event) => candidates(event).some((candidate) => matchers.every((matches) => matches(candidate)));
}

function fieldMatcher(field: string, expected: unknown, parentPath: string): Matcher {
  const path = parentPath === '' ? field : `${parentPath}.${field}`;
  if (field === '$or') return alternatives(expected, parentPath);
  if (Array.isArray(expected)) {
    if (expected.length === 0) throw refused(path, 'lists no value');
    const filters = expected.map((entry) => valueFilter(entry, path));
    return (parent) => {
      const leaves = candidates(get(parent, field)).filter(isLeaf);
      return filters.some((filter) => filter(leaves));
    };
  }
  if (!isObject(expected)) throw refused(path, 'must be an object or an array');
  const matches = objectMatcher(expected, path);
  return (parent) => matches(get(parent, field));
}

function alternatives(expected: unknown, path: string): Matcher {
  if (!Array.isArray(expected) || expected.length < 2 || !expected.every(isObject))
    throw refused(`${path}.$or`, 'must list at least two patterns');
  const matchers = expected.map((pattern) => objectMatcher(pattern, path));
  return (event) => matchers.some((matches) => matches(event));
}

/** The values a field stands for: an array's elements, however deeply nested; none where the field is absent. */
function candidates(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap(candidates);
  return value === undefined ? [undefined] : [value];
}

function get(parent: unknown, field: string): unknown {
  return isObject(parent) && Object.hasOwn(parent, field) ? parent[field] : undefined;
}

function isLeaf(value: unknown): boolean {
  return value !== undefined && !isObject(value);
}

function isObject(value: unknown): value is PatternObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refused(path: string, reason: string): ServiceError {
  return new ServiceError(
    'UNKNOWN_PATTERN',
    `The event pattern ${path === '' ? '' : `at ${path} `}${reason}`,
  );
}
