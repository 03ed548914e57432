import { attributeOf, meets, type Placeholders, valueOf } from './condition.ts';
import type { Image } from './image.ts';

/** A service's answer over HTTP. Its body is sent as JSON. */
export interface JsonReply {
  readonly status: number;
  readonly body: object;
}

/** A request of DynamoDB's API, as far as this table knows it. */
type Input = Placeholders & {
  readonly Key?: Image;
  readonly Item?: Image;
  readonly ConditionExpression?: string;
  readonly KeyConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly FilterExpression?: string;
  readonly ReturnValuesOnConditionCheckFailure?: string;
  readonly Limit?: number;
  readonly Segment?: number;
  readonly TotalSegments?: number;
};

/** A write that took effect. */
export interface TableChange {
  readonly before: Image | undefined;
  readonly after: Image;
}

const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  'TableName',
  'Key',
  'Item',
  'ConditionExpression',
  'KeyConditionExpression',
  'UpdateExpression',
  'FilterExpression',
  'ProjectionExpression',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
  'ReturnValuesOnConditionCheckFailure',
  'ConsistentRead',
  'ScanIndexForward',
  'Limit',
  'Segment',
  'TotalSegments',
]);

/** One DynamoDB table in memory. It knows the requests of the ledger's adapters, and throws at every other one. */
export class MemoryTable {
  readonly #partitions = new Map<string, Map<string, Image>>();

  /** @param changed is told of a write that changed an item */
  serve(
    operation: string,
    input: object,
    changed: (change: TableChange) => void = () => undefined,
  ): JsonReply {
    const strange = Object.keys(input).find((field) => !KNOWN_FIELDS.has(field));
    if (strange !== undefined) throw new Error(`the table in memory does not know ${strange}`);
    switch (operation) {
      case 'GetItem':
        return this.#get(input);
      case 'Query':
        return { status: 200, body: { Items: this.#query(input) } };
      case 'Scan':
        return { status: 200, body: { Items: this.#scan(input) } };
      case 'PutItem':
        return this.#write(input, required(input, 'Item'), (_, item) => item, changed);
      case 'UpdateItem':
        return this.#write(
          input,
          required(input, 'Key'),
          (item, key) => updated(item ?? key, input),
          changed,
        );
      default:
        throw new Error(`the table in memory does not know ${operation}`);
    }
  }

  item(key: Image): Image | undefined {
    return this.#partitions.get(text(key['pk']))?.get(text(key['sk']));
  }

  #get({ Key = {} }: Input): JsonReply {
    const Item = this.item(Key);
    return { status: 200, body: Item ? { Item } : {} };
  }

  /** The newest come first. */
  #query(input: Input): Image[] {
    const key = /^pk = (:\w+)(?: AND sk BETWEEN (:\w+) AND (:\w+))?$/.exec(
      input.KeyConditionExpression ?? '',
    );
    if (!key) throw new Error(`the table in memory does not know the key ${input.KeyConditionExpression}`);
    const [, pk = '', from, to] = key;
    const sorted = [...(this.#partitions.get(text(valueOf(pk, input))) ?? new Map<string, Image>())]
      .filter(([sk]) => from === undefined || sk >= text(valueOf(from, input)))
      .filter(([sk]) => to === undefined || sk <= text(valueOf(to, input)))
      .toSorted(([left], [right]) => (left < right ? 1 : -1));
    return sorted.slice(0, input.Limit).map(([, item]) => item);
  }

  #scan(input: Input): Image[] {
    const { Segment = 0, TotalSegments = 1, FilterExpression = '' } = input;
    const partitions = [...this.#partitions.values()].filter((_, place) => place % TotalSegments === Segment);
    const items = partitions.flatMap((partition) => [...partition.values()]);
    return items.filter((item) => meets(FilterExpression, item, input));
  }

  #write(
    input: Input,
    place: Image,
    change: (item: Image | undefined, place: Image) => Image,
    changed: (change: TableChange) => void,
  ): JsonReply {
    const before = this.item(place);
    const { ConditionExpression } = input;
    if (ConditionExpression !== undefined && !meets(ConditionExpression, before, input))
      return conflict(before);
    const after = change(before, place);
    const pk = text(place['pk']);
    const partition = this.#partitions.get(pk) ?? new Map<string, Image>();
    this.#partitions.set(pk, partition.set(text(place['sk']), after));
    changed({ before, after });
    return { status: 200, body: {} };
  }
}

function required(input: Input, field: 'Key' | 'Item'): Image {
  const value = input[field];
  if (!value) throw new Error(`the table in memory was sent no ${field}`);
  return value;
}

function updated(item: Image, input: Input): Image {
  const { UpdateExpression = '' } = input;
  const parts = /^SET ([^]*?)(?: REMOVE ([^]*))?$/.exec(UpdateExpression);
  if (!parts) throw new Error(`the table in memory does not know the update ${UpdateExpression}`);
  const [, assigned = '', removed] = parts;
  const result = { ...item };
  for (const assignment of assigned.split(', ')) {
    const [name = '', value = '', more] = assignment.split(' = ');
    if (more !== undefined) throw new Error(`the table in memory does not know the update ${assignment}`);
    result[attributeOf(name, input)] = valueOf(value, input);
  }
  for (const name of removed?.split(', ') ?? []) delete result[attributeOf(name, input)];
  return result;
}

function conflict(Item: Image | undefined): JsonReply {
  const __type = 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException';
  return { status: 400, body: { __type, message: 'The conditional request failed', ...(Item && { Item }) } };
}

function text(value: Image[string] | undefined): string {
  const { S } = value ?? {};
  if (typeof S !== 'string') throw new Error('the table in memory has text as keys only');
  return S;
}
