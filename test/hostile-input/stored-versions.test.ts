import { createSecretKey, hash } from 'node:crypto';
import { RoundMacs } from '../../shared/rounds/round-macs.ts';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { type NativeItem, nativeItem, type WireItem } from '../../shared/aws/attribute-values.ts';
import { DataKeyItems } from '../../shared/encryption/adapters/data-key-items.ts';
import { documentClient } from '../../shared/aws/document-client.ts';
import type { ConfigTable } from '../../shared/games/adapters/config-table.ts';
import { engineVersions } from '../../shared/games/adapters/engine-versions.ts';
import { decodeActivation, decodeGameVersion } from '../../shared/games/adapters/game-version-items.ts';
import { DynamoLedger } from '../../shared/rounds/adapters/ledger.ts';
import { DynamoRegistry } from '../../shared/games/adapters/registry.ts';
import { decodeOperatorKey } from '../../shared/games/adapters/registry-items.ts';
import { decodeStreamRound } from '../../shared/rounds/adapters/stream-round.ts';
import { DynamoSessions } from '../../shared/sessions/adapters/sessions.ts';
import { decodeDetail } from '../../shared/events/adapters/event-detail.ts';
import { KmsMacs } from '../../shared/encryption/adapters/macs.ts';
import { authentic } from '../../shared/encryption/signed-item.ts';
import { KmsCipher } from '../../shared/encryption/adapters/cipher.ts';
import { dayFolder } from '../../shared/archive/adapters/archive-keys.ts';
import { S3ArchivedRounds } from '../../shared/archive/adapters/archived-rounds.ts';
import { decodeShard } from '../../shared/simulation/adapters/shard-record.ts';
import { decodeRecoveryMessage } from '../../shared/rounds/adapters/recovery-message.ts';
import { systemRandom } from '../../shared/aws/random.ts';
import type { Round } from '../../shared/rounds/round.ts';
import { unsealOpening, type RoundOpening } from '../../shared/rounds/round-opening.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

/** What is stored, and what it is read as, which no later code may change. */
interface Item<T> {
  readonly item: WireItem;
  readonly value: T;
}
interface Text {
  readonly text: string;
  readonly value: unknown;
}
interface Recorded {
  readonly rounds: readonly Item<Round>[];
  readonly session: Item<{ readonly sessionId: string }>;
  readonly operator: Item<{ readonly operatorId: string }>;
  readonly operatorWithTwoWallets: Item<{ readonly operatorId: string }>;
  readonly operatorKey: Item<string>;
  readonly game: Item<{ readonly gameCode: string }>;
  readonly gameVersion: Item<unknown>;
  readonly activation: Item<unknown>;
  readonly engineVersion: Item<{ readonly hash: string }>;
  readonly remoteEngineVersion: Item<{ readonly hash: string }>;
  readonly dataKey: Item<Uint8Array>;
  /** The start of one of the rounds, opened with the key that it was sealed with. */
  readonly sealed: {
    readonly keyId: number;
    readonly key: string;
    readonly round: number;
    readonly value: RoundOpening;
  };
  readonly archive: readonly Text[];
  readonly event: Text;
  readonly recoveryMessage: Text;
  readonly shard: Text;
}

const recorded = JSON.parse(
  readFileSync(`${import.meta.dirname}/stored-version-4.fixture.json`, 'utf8'),
  (_, value: unknown) => {
    const { bigint, base64 } = (value ?? {}) as { readonly bigint?: string; readonly base64?: string };
    if (typeof bigint === 'string') return BigInt(bigint);
    return typeof base64 === 'string' ? new Uint8Array(Buffer.from(base64, 'base64')) : value;
  },
) as Recorded;

const dataKey = createSecretKey(Buffer.from(recorded.sealed.key, 'base64'));
const keyOf = async (keyId: number) => (keyId === recorded.sealed.keyId ? dataKey : undefined);
const macs = new KmsMacs({ byId: async () => dataKey, of: async () => dataKey });

/** The configuration table with this item. */
function configTableOf(item: WireItem): ConfigTable {
  return { client: tableOf(item), tableName: 'config', macs, clock: { nowMs: () => 0 } };
}

async function checked(item: WireItem): Promise<NativeItem> {
  return authentic(macs, nativeItem(item), 'signedAtMs');
}

/** A table that holds this item, as it goes over the network. */
function tableOf(item: WireItem) {
  return documentClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    requestHandler: {
      handle: async () => ({
        response: {
          statusCode: 200,
          headers: { 'content-type': 'application/x-amz-json-1.0' },
          body: Buffer.from(JSON.stringify({ Item: item })),
        },
      }),
    } as never,
  });
}

describe('what version 4 has stored', () => {
  it('has a round of each status', () => {
    const statuses = new Set(recorded.rounds.map(({ value }) => value.status));
    expect([...statuses].toSorted()).toEqual(
      ['COMMITTED', 'CREDITED', 'FAILED', 'INTENT', 'REJECTED', 'VOIDED', 'VOIDING'].toSorted(),
    );
  });

  it.each(recorded.rounds.map((round, index) => ({ ...round, index, status: round.value.status })))(
    'is the round $index, $status, in the table and in its stream',
    async ({ item, value }) => {
      expect(
        plain(
          await new DynamoLedger(tableOf(item), 'ledger', new RoundMacs(macs), { nowMs: () => 0 }).get(value),
        ),
      ).toEqual(plain(value));
      expect(plain(await new RoundMacs(macs).check(decodeStreamRound(item)))).toEqual(plain(value));
    },
  );

  it('is what a round was sealed with', async () => {
    const { keyId, round, value } = recorded.sealed;
    const keys = { current: async () => ({ keyId, key: dataKey }), byId: keyOf };
    const stored = recorded.rounds[round]?.value as Round;
    expect(plain(await unsealOpening(new KmsCipher(keys, systemRandom), stored))).toEqual(plain(value));
  });

  it('is a session', async () => {
    const { item, value } = recorded.session;
    const sessions = new DynamoSessions({ client: tableOf(item), tableName: 'sessions', macs });
    expect(await sessions.get(ids.session(value.sessionId))).toEqual(value);
  });

  it.each(['operator', 'operatorWithTwoWallets'] as const)('is an operator: %s', async (name) => {
    const { item, value } = recorded[name];
    const registry = new DynamoRegistry(configTableOf(item));
    expect(await registry.operator(ids.operator(value.operatorId))).toEqual(value);
  });

  it("is an operator's key", async () => {
    expect(decodeOperatorKey(await checked(recorded.operatorKey.item))).toBe(recorded.operatorKey.value);
  });

  it('is a game, its versions and their activation', async () => {
    const { game, gameVersion, activation } = recorded;
    const registry = new DynamoRegistry(configTableOf(game.item));
    expect(await registry.game(ids.game(game.value.gameCode))).toEqual(game.value);
    expect(decodeGameVersion(await checked(gameVersion.item))).toEqual(gameVersion.value);
    expect(decodeActivation(await checked(activation.item))).toEqual(activation.value);
  });

  it.each(['engineVersion', 'remoteEngineVersion'] as const)('is an engine: %s', async (name) => {
    const { item, value } = recorded[name];
    expect(await engineVersions(configTableOf(item))(value.hash)).toEqual(value);
  });

  it('is a data key', async () => {
    const { item, value } = recorded.dataKey;
    expect(plain(await new DataKeyItems(tableOf(item), 'config').get(recorded.sealed.keyId))).toEqual(
      plain(value),
    );
  });

  it('is a file of the archive', async () => {
    const bytes = gzipSync(recorded.archive.map(({ text }) => `${text}\n`).join(''));
    const s3 = {
      send: async () => ({ Body: { transformToByteArray: async () => new Uint8Array(bytes) } }),
    } as unknown as S3Client;
    const file = `${dayFolder(ids.operator('demo'), Date.parse('2026-11-18T00:00:00Z'))}file`;
    const read = await new S3ArchivedRounds(s3, 'archive', new RoundMacs(macs)).read(file);
    const expected = recorded.archive.map(({ text, value }) => ({
      ...(value as object),
      file,
      lineHash: hash('sha256', text, 'base64').slice(0, 22),
      mac: (JSON.parse(text) as { readonly mac: string }).mac,
    }));
    expect(read).toEqual(expected);
  });

  it('is an event, a message of the recovery queue and a shard of a simulation', () => {
    const { event, recoveryMessage, shard } = recorded;
    expect(decodeDetail('round.ended', JSON.parse(event.text))).toEqual(event.value);
    expect(decodeRecoveryMessage(recoveryMessage.text)).toEqual(recoveryMessage.value);
    expect(decodeShard(shard.text)).toEqual(shard.value);
  });
});

/** Whichever library made the bytes. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, plain(held)]));
}
