import type { NativeItem } from './attribute-values.ts';

interface Assignment {
  readonly UpdateExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues: NativeItem;
}

/** Sets these attributes and leaves all others. Every name goes by an alias, because many are reserved words. */
export function assign(attributes: NativeItem): Assignment {
  const entries = Object.entries(attributes);
  return {
    UpdateExpression: `SET ${entries.map(([name]) => `#${name} = :${name}`).join(', ')}`,
    ExpressionAttributeNames: Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries(entries.map(([name, value]) => [`:${name}`, value])),
  };
}
