import type { DynamoDBRecord } from 'aws-lambda';
import type { WireItem } from './composition.ts';

/** An item before and after a change. */
export interface Images<T> {
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/** Gives the images of a record. One without any image is read as an empty item, which is refused. */
export function imagesOf({ eventName, dynamodb }: DynamoDBRecord): Images<WireItem> {
  const { NewImage, OldImage } = (dynamodb ?? {}) as { NewImage?: WireItem; OldImage?: WireItem };
  if (eventName === 'REMOVE') return { before: OldImage ?? {}, after: undefined };
  return { before: OldImage, after: NewImage ?? {} };
}

/** Reads those images that are there. */
export async function each<T, U>(
  { before, after }: Images<T>,
  read: (image: T) => Promise<U>,
): Promise<Images<U>> {
  return { before: before && (await read(before)), after: after && (await read(after)) };
}

/** DynamoDB itself deletes what has expired (developer guide, "DynamoDB Streams and Time to Live"). */
export function isExpiry({ userIdentity }: DynamoDBRecord): boolean {
  const { type, principalId } = (userIdentity ?? {}) as { type?: unknown; principalId?: unknown };
  return type === 'Service' && principalId === 'dynamodb.amazonaws.com';
}

/** Says when the table was written, to the second, in milliseconds since 1970. */
export function timeOf({ dynamodb }: DynamoDBRecord): number {
  return (dynamodb?.ApproximateCreationDateTime ?? 0) * 1_000;
}

/** Gives the key of the item of a record, as far as it has one. */
export function keyOf(record: unknown): {
  readonly pk: string | undefined;
  readonly sk: string | undefined;
} {
  const { Keys, NewImage, OldImage } = (record as DynamoDBRecord | undefined)?.dynamodb ?? {};
  const image = Keys ?? NewImage ?? OldImage ?? {};
  return { pk: textOf(image['pk']), sk: textOf(image['sk']) };
}

function textOf(attribute: { readonly S?: unknown } | undefined): string | undefined {
  return typeof attribute?.S === 'string' ? attribute.S : undefined;
}
