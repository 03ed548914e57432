import * as z from 'zod';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../services/endpoints.ts';
import type { Document } from './document.ts';
import { TemplateError } from './error.ts';
import { IDENTITIES, type Identity } from './identities.ts';
import { evaluateCondition, resolveIntrinsics, type Scope } from './intrinsics.ts';
import { isIgnored, isRead, type ReadType } from './resource-types.ts';

/** A template whose values can be asked for, with every intrinsic function resolved. */
export interface Template {
  /** The resources of a type, in the template's order. */
  ofType(type: ReadType): readonly Resource[];
  readonly outputs: Readonly<Record<string, string>>;
  /** What means nothing on one machine, as `LogicalId (AWS::Type)`. */
  readonly ignored: readonly string[];
}

export interface Resource {
  readonly logicalId: string;
  readonly identity: Identity;
  /**
   * The properties, checked. `withoutMeaning` names those that say nothing on one machine; every other one has
   * to be in the schema, so that nothing is skipped in silence. `Target.RoleArn` names a property of a property.
   * @throws TemplateError UNSUPPORTED_PROPERTY
   */
  read<S extends z.ZodObject>(schema: S, withoutMeaning: readonly string[]): z.output<S>;
  /** One property, unchecked: for what decides which schema the rest is read with. */
  property(name: string): unknown;
}

export interface TemplateOptions {
  readonly stackName: string;
  readonly sqsEndpoint: string;
  readonly apiUrl: string;
}

const PSEUDO_PARAMETERS = {
  'AWS::AccountId': LOCAL_ACCOUNT,
  'AWS::NoValue': undefined,
  'AWS::Partition': 'aws',
  'AWS::Region': LOCAL_REGION,
  'AWS::URLSuffix': 'amazonaws.com',
} as const;

/** @throws TemplateError where the template says something that cannot be run on one machine */
export function openTemplate(document: Document, options: TemplateOptions): Template {
  const context: Context = { ...options, document, scope: scopeOf(document, options) };
  const deploymentFunctions = customResourceFunctions(document);
  const active = Object.entries(document.Resources)
    .filter(
      ([logicalId, { Condition }]) =>
        Condition === undefined || context.scope.condition(Condition, logicalId),
    )
    .map(([logicalId, { Type }]) => ({ logicalId, type: Type }));
  const ignored = active.filter(
    ({ logicalId, type }) => isIgnored(type) || deploymentFunctions.has(logicalId),
  );
  const read = active.filter((one) => !ignored.includes(one));
  for (const { logicalId, type } of read) {
    if (!isRead(type))
      throw new TemplateError(
        'UNKNOWN_TYPE',
        logicalId,
        `is of type ${type}, which the local run does not know`,
      );
  }
  const ofType = (wanted: ReadType) =>
    read.filter(({ type }) => type === wanted).map(({ logicalId }) => resourceOf(context, logicalId));
  return {
    ofType,
    outputs: outputsOf(context, ofType('AWS::ApiGateway::Stage')),
    ignored: ignored.map(({ logicalId, type }) => `${logicalId} (${type})`),
  };
}

interface Context extends TemplateOptions {
  readonly document: Document;
  readonly scope: Scope;
}

function scopeOf(document: Document, options: TemplateOptions): Scope {
  const pseudo = new Map<string, unknown>(
    Object.entries({ ...PSEUDO_PARAMETERS, 'AWS::StackName': options.stackName }),
  );
  const scope: Scope = {
    reference(name, user) {
      if (pseudo.has(name)) return pseudo.get(name);
      const parameter = Object.hasOwn(document.Parameters, name) ? document.Parameters[name] : undefined;
      return parameter ? parameterValue(name, parameter, user) : identityOf(context, name, user).ref;
    },
    attribute(logicalId, attribute, user) {
      const { attributes } = identityOf(context, logicalId, user);
      if (Object.hasOwn(attributes, attribute)) return attributes[attribute];
      throw new TemplateError(
        'UNKNOWN_ATTRIBUTE',
        user,
        `uses ${logicalId}.${attribute}, which has no value on this machine`,
      );
    },
    condition(name, user) {
      if (Object.hasOwn(document.Conditions, name))
        return evaluateCondition(document.Conditions[name], scope, user);
      throw new TemplateError(
        'UNKNOWN_REFERENCE',
        user,
        `uses the condition ${name}, which the template does not define`,
      );
    },
    mapping(map, topKey, secondKey, user) {
      const value = document.Mappings[map]?.[topKey]?.[secondKey];
      if (value !== undefined) return value;
      throw new TemplateError(
        'UNKNOWN_REFERENCE',
        user,
        `uses ${map}.${topKey}.${secondKey}, which the template does not map`,
      );
    },
  };
  const context: Context = { ...options, document, scope };
  return scope;
}

/** A parameter stands at its default: nobody deploys here. One that names an SSM parameter has no value at all. */
function parameterValue(name: string, parameter: Document['Parameters'][string], user: string): unknown {
  if (parameter.Default !== undefined && !parameter.Type.startsWith('AWS::SSM::')) return parameter.Default;
  throw new TemplateError(
    'UNKNOWN_REFERENCE',
    user,
    `uses the parameter ${name}, whose value only a deployment knows`,
  );
}

function identityOf(context: Context, logicalId: string, user: string): Identity {
  const { Resources } = context.document;
  const found = Object.hasOwn(Resources, logicalId) ? Resources[logicalId] : undefined;
  if (!found)
    throw new TemplateError(
      'UNKNOWN_REFERENCE',
      user,
      `uses ${logicalId}, which the template does not define`,
    );
  const { Type, Properties } = found;
  if (!isRead(Type))
    throw new TemplateError(
      'UNKNOWN_REFERENCE',
      user,
      `uses ${logicalId} (${Type}), which has no value on this machine`,
    );
  const named = (property: string) => {
    const value = resolveIntrinsics(Properties[property], context.scope, logicalId);
    return typeof value === 'string' ? value : undefined;
  };
  return IDENTITIES[Type]({ ...context, logicalId, named });
}

function resourceOf(context: Context, logicalId: string): Resource {
  const properties = context.document.Resources[logicalId]?.Properties ?? {};
  const resolve = (value: unknown) => resolveIntrinsics(value, context.scope, logicalId);
  return {
    logicalId,
    identity: identityOf(context, logicalId, logicalId),
    property: (name) => resolve(properties[name]),
    read(schema, withoutMeaning) {
      const parsed = schema.strict().safeParse(resolve(without(properties, withoutMeaning)));
      if (parsed.success) return parsed.data as z.output<typeof schema>;
      const flaws = parsed.error.issues.map(
        ({ path, message }) => `${path.join('.') || 'Properties'}: ${message}`,
      );
      throw new TemplateError('UNSUPPORTED_PROPERTY', logicalId, `cannot be run here: ${flaws.join('; ')}`);
    },
  };
}

/** Leaves properties out before they are resolved: a role's ARN, say, has no value here. */
function without(
  properties: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(properties)) {
    if (names.includes(name)) continue;
    const inner = names.filter((one) => one.startsWith(`${name}.`)).map((one) => one.slice(name.length + 1));
    kept[name] = inner.length === 0 ? value : without(value as Record<string, unknown>, inner);
  }
  return kept;
}

/** Functions that only serve the CDK's custom resources run when a stack is deployed, never here. */
function customResourceFunctions(document: Document): ReadonlySet<string> {
  const tokens = Object.values(document.Resources)
    .filter(({ Type }) => Type.startsWith('Custom::'))
    .map(({ Properties }) => serviceToken.safeParse(Properties.ServiceToken).data?.['Fn::GetAtt'][0]);
  return new Set(tokens.filter((logicalId) => logicalId !== undefined));
}

const serviceToken = z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) });

function outputsOf(context: Context, stages: readonly Resource[]): Readonly<Record<string, string>> {
  const address = apiAddress(stages.map(({ identity }) => identity.ref));
  const held = Object.entries(context.document.Outputs).filter(
    ([name, { Condition }]) => Condition === undefined || context.scope.condition(Condition, name),
  );
  return Object.fromEntries(
    held.map(([name, { Value }]) => {
      const value = String(resolveIntrinsics(Value, context.scope, name));
      return [name, value.replace(address, context.apiUrl)];
    }),
  );
}

/** An API's address in the form that outputs give it, with its stage: paths on this machine begin after that. */
function apiAddress(stages: readonly string[]): RegExp {
  const stage = stages.length === 0 ? '' : `(/(${stages.join('|')})(?=/|$))?`;
  return new RegExp(`^https://[a-z0-9]{10}\\.execute-api\\.${LOCAL_REGION}\\.amazonaws\\.com${stage}`);
}
