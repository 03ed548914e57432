import { TemplateError } from './error.ts';

/** What intrinsic functions look values up in. Each lookup may throw TemplateError in the name of `user`. */
export interface Scope {
  /** A pseudo parameter or a resource; undefined stands for AWS::NoValue. */
  reference(name: string, user: string): unknown;
  attribute(logicalId: string, attribute: string, user: string): unknown;
}

/**
 * Resolves every intrinsic function in a value, in the name of the resource that uses it. Members whose value
 * is AWS::NoValue vanish, as in CloudFormation. The stack uses Ref, Fn::GetAtt, Fn::Join and Fn::Sub; others are refused.
 * @throws TemplateError
 */
export function resolveIntrinsics(value: unknown, scope: Scope, user: string): unknown {
  if (Array.isArray(value))
    return value.map((item) => resolveIntrinsics(item, scope, user)).filter((item) => item !== undefined);
  if (typeof value === 'string') return refuseDynamicReference(value, user);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [[name, argument] = ['']] = entries;
  if (entries.length === 1 && (name === 'Ref' || name.startsWith('Fn::')))
    return callIntrinsic(name, argument, scope, user);
  return Object.fromEntries(
    entries
      .map(([key, member]) => [key, resolveIntrinsics(member, scope, user)] as const)
      .filter(([, member]) => member !== undefined),
  );
}

function callIntrinsic(name: string, argument: unknown, scope: Scope, user: string): unknown {
  switch (name) {
    case 'Ref':
      return scope.reference(text(argument, name, user), user);
    case 'Fn::GetAtt':
      return getAttribute(list(argument, name, user), scope, user);
    case 'Fn::Join':
      return join(list(resolveIntrinsics(argument, scope, user), name, user), user);
    case 'Fn::Sub':
      return substitute(text(argument, name, user), scope, user);
    default:
      throw new TemplateError('UNKNOWN_INTRINSIC', user, `uses ${name}, which the local run does not know`);
  }
}

function getAttribute(parts: readonly unknown[], scope: Scope, user: string): unknown {
  if (parts.length !== 2) throw malformed('Fn::GetAtt', user);
  const [logicalId, attribute] = parts.map((part) => text(part, 'Fn::GetAtt', user)) as [string, string];
  return scope.attribute(logicalId, attribute, user);
}

function join([separator, parts]: readonly unknown[], user: string): string {
  return list(parts, 'Fn::Join', user)
    .map((part) => text(part, 'Fn::Join', user))
    .join(text(separator, 'Fn::Join', user));
}

/** `${Name}` and `${Name.Attribute}`. */
function substitute(template: string, scope: Scope, user: string): string {
  return template.replace(/\$\{([^}]*)\}/g, (_, name: string) => {
    const value = name.includes('.')
      ? getAttribute(name.split('.'), scope, user)
      : scope.reference(name, user);
    return text(value, 'Fn::Sub', user);
  });
}

function list(value: unknown, name: string, user: string): readonly unknown[] {
  if (!Array.isArray(value)) throw malformed(name, user);
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
