import { TemplateError } from './error.ts';

/** What intrinsic functions look values up in. Each lookup may throw TemplateError in the name of `user`. */
export interface Scope {
  /** A parameter, pseudo parameter or resource; undefined stands for AWS::NoValue. */
  reference(name: string, user: string): unknown;
  attribute(logicalId: string, attribute: string, user: string): unknown;
  condition(name: string, user: string): boolean;
  mapping(map: string, topKey: string, secondKey: string, user: string): unknown;
}

/**
 * Resolves every intrinsic function in a value, in the name of the resource that uses it. Members whose value
 * is AWS::NoValue vanish, as in CloudFormation.
 * @throws TemplateError
 */
export function resolveIntrinsics(value: unknown, scope: Scope, user: string): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => resolveIntrinsics(item, scope, user)).filter((item) => item !== undefined);
  }
  if (typeof value === 'string') return refuseDynamicReference(value, user);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first && isIntrinsic(first[0]))
    return callIntrinsic(first[0], first[1], scope, user);
  return Object.fromEntries(
    entries
      .map(([name, member]) => [name, resolveIntrinsics(member, scope, user)] as const)
      .filter(([, member]) => member !== undefined),
  );
}

/** Whether a condition's definition holds. */
export function evaluateCondition(definition: unknown, scope: Scope, user: string): boolean {
  const held = resolveCondition(definition, scope, user);
  if (typeof held !== 'boolean') throw malformed('Conditions', user);
  return held;
}

/** Inside conditions, and only there, `Condition` names another one. */
function resolveCondition(value: unknown, scope: Scope, user: string): unknown {
  const isNamed = typeof value === 'object' && value !== null && 'Condition' in value;
  return isNamed
    ? scope.condition(text(value.Condition, 'Condition', user), user)
    : resolveIntrinsics(value, scope, user);
}

function isIntrinsic(name: string): boolean {
  return name === 'Ref' || name.startsWith('Fn::');
}

type Intrinsic = (argument: unknown, scope: Scope, user: string) => unknown;

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (name, scope, user) => scope.reference(text(name, 'Ref', user), user),
  'Fn::GetAtt': getAttribute,
  'Fn::Join': join,
  'Fn::Sub': substitute,
  'Fn::Select': select,
  'Fn::Split': (argument, scope, user) => {
    const [separator, whole] = list(resolveIntrinsics(argument, scope, user), 'Fn::Split', user, 2);
    return text(whole, 'Fn::Split', user).split(text(separator, 'Fn::Split', user));
  },
  'Fn::FindInMap': (argument, scope, user) => {
    const keys = list(resolveIntrinsics(argument, scope, user), 'Fn::FindInMap', user, 3);
    const [map, topKey, secondKey] = keys.map((key) => text(key, 'Fn::FindInMap', user)) as [
      string,
      string,
      string,
    ];
    return scope.mapping(map, topKey, secondKey, user);
  },
  'Fn::If': (argument, scope, user) => {
    const [condition, held, otherwise] = list(argument, 'Fn::If', user, 3);
    const branch = scope.condition(text(condition, 'Fn::If', user), user) ? held : otherwise;
    return resolveIntrinsics(branch, scope, user);
  },
  'Fn::Equals': (argument, scope, user) => {
    const [left, right] = list(resolveIntrinsics(argument, scope, user), 'Fn::Equals', user, 2);
    return JSON.stringify(left) === JSON.stringify(right);
  },
  'Fn::Not': (argument, scope, user) => !booleans(argument, 'Fn::Not', scope, user)[0],
  'Fn::And': (argument, scope, user) => booleans(argument, 'Fn::And', scope, user).every(Boolean),
  'Fn::Or': (argument, scope, user) => booleans(argument, 'Fn::Or', scope, user).some(Boolean),
};

function callIntrinsic(name: string, argument: unknown, scope: Scope, user: string): unknown {
  const intrinsic = Object.hasOwn(INTRINSICS, name) ? INTRINSICS[name] : undefined;
  if (!intrinsic)
    throw new TemplateError('UNKNOWN_INTRINSIC', user, `uses ${name}, which the local run does not know`);
  return intrinsic(argument, scope, user);
}

function getAttribute(argument: unknown, scope: Scope, user: string): unknown {
  const parts = typeof argument === 'string' ? argument.split('.') : list(argument, 'Fn::GetAtt', user);
  const [logicalId, ...attribute] = parts.map((part) => text(part, 'Fn::GetAtt', user));
  if (logicalId === undefined || attribute.length === 0) throw malformed('Fn::GetAtt', user);
  return scope.attribute(logicalId, attribute.join('.'), user);
}

function join(argument: unknown, scope: Scope, user: string): string {
  const [separator, parts] = list(resolveIntrinsics(argument, scope, user), 'Fn::Join', user, 2);
  return list(parts, 'Fn::Join', user)
    .map((part) => text(part, 'Fn::Join', user))
    .join(text(separator, 'Fn::Join', user));
}

/** `${Name}`, `${Name.Attribute}`, and `${!Literal}`, which stays `${Literal}`. */
function substitute(argument: unknown, scope: Scope, user: string): string {
  const [template, given] =
    typeof argument === 'string' ? [argument, {}] : list(argument, 'Fn::Sub', user, 2);
  const variables = new Map(Object.entries(resolveIntrinsics(given, scope, user) as Record<string, unknown>));
  return text(template, 'Fn::Sub', user).replace(/\$\{(!?)([^}]*)\}/g, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    if (variables.has(name)) return text(variables.get(name), 'Fn::Sub', user);
    const value = name.includes('.') ? getAttribute(name, scope, user) : scope.reference(name, user);
    return text(value, 'Fn::Sub', user);
  });
}

function select(argument: unknown, scope: Scope, user: string): unknown {
  const [index, items] = list(resolveIntrinsics(argument, scope, user), 'Fn::Select', user, 2);
  const selected = list(items, 'Fn::Select', user)[Number(index)];
  if (selected === undefined) throw malformed('Fn::Select', user);
  return selected;
}

function booleans(argument: unknown, name: string, scope: Scope, user: string): readonly boolean[] {
  return list(argument, name, user).map((item) => {
    const value = resolveCondition(item, scope, user);
    if (typeof value !== 'boolean') throw malformed(name, user);
    return value;
  });
}

function list(value: unknown, name: string, user: string, length?: number): readonly unknown[] {
  if (!Array.isArray(value) || (length !== undefined && value.length !== length)) throw malformed(name, user);
  return value;
}

/** CloudFormation turns numbers and booleans into text where text is wanted. */
function text(value: unknown, name: string, user: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw malformed(name, user);
}

function malformed(name: string, user: string): TemplateError {
  return new TemplateError('INVALID_TEMPLATE', user, `has arguments of ${name} that make no sense`);
}

/** `{{resolve:ssm:…}}` is filled in by the deployment from what lies in the account. */
function refuseDynamicReference(value: string, user: string): string {
  if (!value.includes('{{resolve:')) return value;
  throw new TemplateError('UNKNOWN_REFERENCE', user, `uses ${value}, which only exists in an AWS account`);
}
