import * as z from 'zod';
import { TemplateError } from './error.ts';

/** CloudFormation turns numbers and booleans into text where text is wanted. */
const Text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const Attribute = z.tuple([Text, Text]);
const Join = z.tuple([Text, z.array(Text)]);

/** Intrinsic functions look values up here. Each lookup may throw TemplateError in the name of `user`. */
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
  const read = <S extends z.ZodType>(schema: S, value: unknown): z.output<S> => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw new TemplateError('INVALID_TEMPLATE', user, `has arguments of ${name} that make no sense`);
  };
  switch (name) {
    case 'Ref':
      return scope.reference(read(Text, argument), user);
    case 'Fn::GetAtt':
      return scope.attribute(...read(Attribute, argument), user);
    case 'Fn::Join': {
      const [separator, parts] = read(Join, resolveIntrinsics(argument, scope, user));
      return parts.join(separator);
    }
    case 'Fn::Sub':
      return read(Text, argument).replace(/\$\{([^}]*)\}/g, (_, inner: string) => {
        const value = inner.includes('.')
          ? scope.attribute(...read(Attribute, inner.split('.')), user)
          : scope.reference(inner, user);
        return read(Text, value);
      });
    default:
      throw new TemplateError('UNKNOWN_INTRINSIC', user, `uses ${name}, which the local run does not know`);
  }
}

/** `{{resolve:ssm:…}}` is filled in by the deployment from what lies in the account. */
function refuseDynamicReference(value: string, user: string): string {
  if (!value.includes('{{resolve:')) return value;
  throw new TemplateError('UNKNOWN_REFERENCE', user, `uses ${value}, which only exists in an AWS account`);
}
