/**
 * A plugin of StrykerJS that leaves the wording of errors, logs and schema messages alone. Errors are told apart by
 * their codes; nothing may depend on their text, so no test should hold it fast.
 */
export const strykerPlugins = [{ kind: 'Ignore', name: 'wording', value: { shouldIgnore } }];

/** As much of Babel's node and path as is read here. */
interface Node {
  readonly type: string;
  readonly name?: string;
  readonly callee?: Node;
  readonly property?: Node;
}
interface NodePath {
  readonly node: Node;
  readonly key: string | number | null;
  readonly listKey?: string | null;
  readonly parent: Node;
}

/** The place of the wording among the arguments, by what is called. */
const placeOfWording: readonly (readonly [callee: RegExp, place: number])[] = [
  [/^(?:Type|Range)?Error$/, 0],
  [/.Error$/, 1],
  [/^(?:warn|error|info)$/, 0],
  [/^(?:regex|refine|custom)$/, 1],
  [/^(?:awsCall|tooLarge|unavailable)$/, 0],
  [/^stored$/, 2],
];

function shouldIgnore({ node, key, listKey, parent }: NodePath): string | undefined {
  if (node.type !== 'StringLiteral' && node.type !== 'TemplateLiteral') return undefined;
  if (listKey !== 'arguments') return undefined;
  const called = parent.callee?.name ?? parent.callee?.property?.name ?? '';
  const rule = placeOfWording.find(([callee]) => callee.test(called));
  return rule?.[1] === key ? 'Nothing depends on the wording.' : undefined;
}
