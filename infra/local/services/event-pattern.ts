/**
 * Whether an event matches a rule's pattern, by the rules EventBridge documents.
 * @throws ServiceError where the pattern uses a filter that is not known.
 */
export function matchesPattern(event: unknown, pattern: Readonly<Record<string, unknown>>): boolean {
  void event;
  void pattern;
  return false;
}
