import * as z from 'zod';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../services/endpoints.ts';
import type { Document } from './document.ts';
import { TemplateError } from './error.ts';
import { IDENTITIES, type Identity, isIgnored, isRead, type ReadType } from './identities.ts';
import { resolveIntrinsics, type Scope } from './intrinsics.ts';

/** The values of a template can be asked for, with every intrinsic function resolved. */
export interface Template {
  /** The resources of a type, in the template's order. */
  ofType(type: ReadType): readonly Resource[];
  /** The resource of a type that a `Ref` or an attribute of it, such as its ARN, stands for. */
  find(type: ReadType, reference: string): Resource | undefined;
  /** Finds it in the name of the resource that uses it. @throws TemplateError UNKNOWN_REFERENCE */
  named(type: ReadType, reference: string, user: string): Resource;
  readonly outputs: Readonly<Record<string, string>>;
  /** What means nothing on one machine, as `LogicalId (AWS::Type)`. */
  readonly ignored: readonly string[];
}

export interface Resource {
  readonly logicalId: string;
  readonly identity: Identity;
  /**
   * Returns the properties, checked. `withoutMeaning` names those that say nothing on one machine; every other one has
   * to be in the schema, so that nothing is skipped in silence.
   * @throws TemplateError UNSUPPORTED_PROPERTY
   */
  read<S extends z.ZodObject>(schema: S, withoutMeaning: readonly string[]): z.output<S>;
  /** Returns one property, unchecked: it decides which schema the rest is read with. */
  property(name: string): unknown;
}

export interface TemplateOptions {
  readonly stackName: string;
  readonly sqsEndpoint: string;
  readonly apiUrl: string;
}

const PSEUDO_PARAMETERS: ReadonlyMap<string, string | undefined> = new Map([
  ['AWS::AccountId', LOCAL_ACCOUNT],
  ['AWS::NoValue', undefined],
  ['AWS::Partition', 'aws'],
  ['AWS::Region', LOCAL_REGION],
  ['AWS::URLSuffix', 'amazonaws.com'],
]);

/** @throws TemplateError where the template says something that cannot be run on one machine */
export function openTemplate(document: Document, options: TemplateOptions): Template {
  const context: Context = { ...options, document };
  const resources = Object.entries(document.Resources).map(([logicalId, { Type }]) => ({
    logicalId,
    type: Type,
  }));
  const unknown = resources.find(({ type }) => !isRead(type) && !isIgnored(type));
  if (unknown)
    throw new TemplateError(
      'UNKNOWN_TYPE',
      unknown.logicalId,
      `is of type ${unknown.type}, which the local run does not know`,
    );
  const ofType = (wanted: ReadType) =>
    resources.filter(({ type }) => type === wanted).map(({ logicalId }) => resourceOf(context, logicalId));
  const find = (type: ReadType, reference: string) =>
    ofType(type).find(({ identity: { ref, attributes } }) =>
      [ref, ...Object.values(attributes)].includes(reference),
    );
  return {
    ofType,
    find,
    named(type, reference, user) {
      const found = find(type, reference);
      if (found) return found;
      throw new TemplateError(
        'UNKNOWN_REFERENCE',
        user,
        `names ${reference}, which is no ${type} of this stack`,
      );
    },
    outputs: Object.fromEntries(
      Object.entries(document.Outputs).map(([name, { Value }]) => [
        name,
        String(resolveIntrinsics(Value, scopeOf(context), name)),
      ]),
    ),
    ignored: resources
      .filter(({ type }) => isIgnored(type))
      .map(({ logicalId, type }) => `${logicalId} (${type})`),
  };
}

interface Context extends TemplateOptions {
  readonly document: Document;
}

function scopeOf(context: Context): Scope {
  return {
    reference(name, user) {
      if (name === 'AWS::StackName') return context.stackName;
      if (PSEUDO_PARAMETERS.has(name)) return PSEUDO_PARAMETERS.get(name);
      return identityOf(context, name, user).ref;
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
  };
}

/** Refuses parameters, too: only a deployment knows their values. */
function identityOf(context: Context, logicalId: string, user: string): Identity {
  const { Resources } = context.document;
  const found = Object.hasOwn(Resources, logicalId) ? Resources[logicalId] : undefined;
  if (!found || !isRead(found.Type))
    throw new TemplateError(
      'UNKNOWN_REFERENCE',
      user,
      `uses ${logicalId}${found ? ` (${found.Type})` : ''}, which has no value on this machine`,
    );
  const named = (property: string) => {
    const value = resolveIntrinsics(found.Properties[property], scopeOf(context), logicalId);
    return typeof value === 'string' ? value : undefined;
  };
  return IDENTITIES[found.Type]({ ...context, logicalId, named });
}

function resourceOf(context: Context, logicalId: string): Resource {
  const properties = context.document.Resources[logicalId]?.Properties ?? {};
  const resolve = (value: unknown) => resolveIntrinsics(value, scopeOf(context), logicalId);
  return {
    logicalId,
    identity: identityOf(context, logicalId, logicalId),
    property: (name) => resolve(properties[name]),
    read(schema, withoutMeaning) {
      // Left out before they are resolved: a role's ARN, say, has no value here.
      const kept = Object.entries(properties).filter(([name]) => !withoutMeaning.includes(name));
      return checked(schema.strict(), resolve(Object.fromEntries(kept)), logicalId) as z.output<
        typeof schema
      >;
    },
  };
}

/** @throws TemplateError UNSUPPORTED_PROPERTY, naming each flaw */
export function checked<S extends z.ZodType>(schema: S, value: unknown, logicalId: string): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const flaws = parsed.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'Properties'}: ${message}`,
  );
  throw new TemplateError('UNSUPPORTED_PROPERTY', logicalId, `cannot be run here: ${flaws.join('; ')}`);
}
