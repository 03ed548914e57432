import { sampleOperator } from '../../shared/operators/operator.fixture.ts';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { NativeItem, NativeValue } from '../../shared/aws/attribute-values.ts';
import { decodeEngineVersion, encodeEngineVersion } from '../../shared/games/adapters/engine-versions.ts';
import {
  decodeActivation,
  decodeGameVersion,
  encodeActivation,
  encodeGameVersion,
} from '../../shared/games/adapters/game-version-items.ts';
import {
  decodeGame,
  decodeOperator,
  decodeOperatorKey,
  encodeGame,
  encodeOperator,
} from '../../shared/games/adapters/registry-items.ts';
import { minorAmount } from '../../shared/money/money.ts';
import { DynamoSessions } from '../../shared/sessions/adapters/sessions.ts';
import { FaultError } from '../../shared/foundation/errors.ts';
import { macsOfTest } from '../../shared/encryption/macs.fixture.ts';
import { signed } from '../../shared/encryption/signed-item.ts';
import { hostile } from './runs.ts';
import {
  between,
  changed,
  currency,
  gameCode,
  instant,
  isBoolean,
  isStored,
  isText,
  matches,
  oneOf,
  operatorId,
  playerId,
  read,
  type Rule,
  uuid,
  value,
} from './stored-changes.ts';
import { spoilt } from './strings.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

const sha256 = matches(/^[0-9a-f]{64}$/);
const isWord: Rule = (held) => isText(held) && held !== '';
const optional =
  (rule: Rule): Rule =>
  (held) =>
    held === undefined || rule(held);

/** With one attribute of another value: what a hand may have written. */
function having(item: NativeItem, name: string, held: fc.Arbitrary<NativeValue>): fc.Arbitrary<NativeItem> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(item) },
    held.map((other) => ({ ...item, [name]: other })),
  );
}

/** What stands in a key. */
function textOf(held: NativeValue | undefined): string {
  return typeof held === 'string' || typeof held === 'bigint' ? held.toString() : '';
}

// biome-ignore format: a list reads better packed
const addresses = [
  'https://wallet.example/rgs', 'http://127.0.0.1:8081', 'HTTPS://WALLET.EXAMPLE', 'https://[::1]:1/', 'https://ü.example',
  'https://user:password@wallet.example', 'https://user@wallet.example', 'https://:password@wallet.example', 'ftp://wallet.example',
  'file:///etc/passwd', 'javascript:alert(1)', 'wallet.example', '//wallet.example', '/wallet', 'https://', 'https:wallet.example',
  ' https://wallet.example', 'https://wallet.example\n', 'https://wal let.example', 'https://wallet.example:99999', 'https://[::',
];
const isAddress: Rule = (held) => {
  if (typeof held !== 'string' || !/^https?:\/\/\S+$/i.test(held)) return false;
  const url = URL.parse(held);
  return url !== null && url.username + url.password === '';
};

describe('a stored session', () => {
  const sessionId = '7d9f2a10-5b6c-4d7e-9f80-112233445566';
  const item: NativeItem = {
    pk: `session#${sessionId}`,
    sk: 'session',
    sessionId,
    operatorId: ids.operator('demo'),
    playerId: ids.player('player123'),
    gameCode: ids.game('happy-panda'),
    currency: 'EUR',
    createdAtMs: 1_700_000_000_000n,
    endsAtMs: 1_700_000_100_000n,
    revokedAtMs: 1_700_000_050_000n,
  };
  const rules: Readonly<Record<string, Rule>> = {
    sessionId: uuid,
    operatorId: matches(new RegExp(`^${operatorId}$`)),
    playerId: matches(new RegExp(`^${playerId}$`)),
    gameCode: matches(new RegExp(`^${gameCode}$`)),
    currency,
    createdAtMs: instant,
    endsAtMs: instant,
    revokedAtMs: optional(instant),
  };
  const others = fc.constantFrom('00000000-0000-4000-8000-000000000000', sessionId.toUpperCase());

  it(
    'a stored session is read as it is, or refused',
    hostile(changed(having(item, 'sessionId', others)), async (stored) => {
      const Item = await signed(macsOfTest(), stored, 'createdAtMs');
      const client = { send: async () => ({ Item }) } as unknown as DynamoDBDocumentClient;
      const session = await new DynamoSessions({ client, tableName: 'sessions', macs: macsOfTest() })
        .get(ids.session(sessionId))
        .catch((error: unknown) => {
          expect(error).toBeInstanceOf(FaultError);
          expect(error).toHaveProperty('code', 'CORRUPT_RECORD');
          return undefined;
        });
      const isSession = isStored(rules, stored) && stored['pk'] === `session#${textOf(stored['sessionId'])}`;
      expect(session !== undefined).toBe(isSession);
      if (session === undefined) return 'refused';
      expect([session.sessionId, session.playerId, session.currency]).toEqual([
        stored['sessionId'],
        stored['playerId'],
        stored['currency'],
      ]);
      expect(new Date(session.expiresAtMs).toISOString()).toMatch(/Z$/);
      return 'accepted';
    }),
  );
});

describe('the registry', () => {
  const wallet: NativeItem = {
    walletId: 'main',
    walletUrl: 'https://wallet.invalid',
    walletSecretName: 'rgs/demo',
    walletCalls: 'bet-win',
  };
  const operator = encodeOperator(sampleOperator(), 'ab'.repeat(32));
  const walletId = matches(/^[a-z0-9][a-z0-9-]{0,15}$/);
  const walletRules: Readonly<Record<string, Rule>> = {
    walletId,
    walletUrl: isAddress,
    walletSecretName: isWord,
    walletCalls: oneOf('debit-credit', 'bet-win'),
  };
  const isWallet = (held: NativeValue): held is NativeItem =>
    typeof held === 'object' && held !== null && isStored(walletRules, held as NativeItem);
  const operatorRules: Readonly<Record<string, Rule>> = {
    operatorId: matches(new RegExp(`^${operatorId}$`)),
    name: isText,
    enabled: isBoolean,
    wallets: (held) => Array.isArray(held) && held.every(isWallet),
    walletId,
  };
  /** Each wallet has an id of its own, and one of them is the current one. */
  function hasCurrentWallet({ wallets, walletId }: NativeItem): boolean {
    const walletIds = (wallets as readonly NativeItem[]).map((one) => one['walletId']);
    return new Set(walletIds).size === walletIds.length && walletIds.includes(walletId);
  }
  const walletIds = fc.constantFrom('main', 'second', 'Main', 'a'.repeat(17), '-', '');
  const wallets = fc.array(
    changed(
      fc.oneof(
        having(wallet, 'walletUrl', fc.constantFrom(...addresses)),
        having(wallet, 'walletId', walletIds),
      ),
    ),
    { minLength: 1, maxLength: 2 },
  );
  const operators = fc.oneof(
    { weight: 3, arbitrary: wallets.map((held): NativeItem => ({ ...operator, wallets: held })) },
    having(operator, 'walletId', walletIds),
    having(operator, 'operatorId', fc.constantFrom('other', 'demo-2')),
  );
  it(
    'a stored operator is read as it is, or refused',
    hostile(changed(operators), (stored) => {
      const decoded = read(() => decodeOperator(stored))?.value;
      const isOperator =
        isStored(operatorRules, stored) &&
        hasCurrentWallet(stored) &&
        stored['pk'] === `operator#${textOf(stored['operatorId'])}`;
      expect(decoded !== undefined).toBe(isOperator);
      if (decoded === undefined) return 'refused';
      const only = (names: object, held: NativeItem) =>
        Object.fromEntries(Object.keys(names).map((name) => [name, held[name]]));
      const held = (stored['wallets'] as readonly NativeItem[]).map((one) => only(walletRules, one));
      expect(decoded).toEqual({ ...only(operatorRules, stored), wallets: held });
      return 'accepted';
    }),
  );

  const key: NativeItem = {
    pk: `operator-key#${'ab'.repeat(32)}`,
    sk: 'operator-key',
    operatorId: ids.operator('demo'),
  };
  it(
    "an operator's key names exactly one operator, or is refused",
    hostile(changed(fc.constant(key)), (stored) => {
      const decoded = read(() => decodeOperatorKey(stored))?.value;
      const isKey = matches(new RegExp(`^${operatorId}$`))(stored['operatorId']);
      expect(decoded).toBe(isKey ? stored['operatorId'] : undefined);
      return isKey ? 'accepted' : 'refused';
    }),
  );

  const bets = fc.array(
    fc.record({
      currency: fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom('EUR', 'ETH') },
        spoilt(fc.constant('EUR')),
        fc.constant('XXX'),
      ),
      allowedMinor: fc.array(fc.oneof({ weight: 9, arbitrary: fc.bigInt(1n, 10n ** 36n - 1n) }, value), {
        maxLength: 3,
      }),
    }),
    { maxLength: 3 },
  );
  const game = bets.map((offered): NativeItem => {
    const plain = {
      gameCode: ids.game('coin'),
      title: 'Coin',
      enabled: true,
      engineHash: 'ab'.repeat(32),
      bets: [],
      stateRule: 'fresh' as const,
    };
    return { ...encodeGame(plain), bets: offered };
  });
  it(
    'a stored game offers exactly the bets that are stored, or none',
    hostile(changed(game), (stored) => {
      const decoded = read(() => decodeGame(stored))?.value;
      if (decoded === undefined) return 'refused';
      expect(decoded.bets).toEqual(stored['bets']);
      for (const { currency: code, allowedMinor } of decoded.bets) {
        expect(currency(code)).toBe(true);
        for (const betMinor of allowedMinor) expect(between(1n, 10n ** 36n - 1n)(betMinor)).toBe(true);
      }
      return 'accepted';
    }),
  );
});

describe('the versions of engines and games', () => {
  const hash = 'ab'.repeat(32);
  const version = { hash, engineId: 'coin', buildId: '1.0.0', publishedAtMs: 1_700_000_000_000 };
  const remotes = fc.record({
    url: fc.constantFrom(...addresses),
    buildHash: fc.constantFrom('cd'.repeat(32), 'CD'.repeat(32), ''),
  });
  const engines = fc.oneof(
    having(encodeEngineVersion(version), 'remote', remotes),
    having(encodeEngineVersion(version), 'hash', fc.constantFrom('cd'.repeat(32), hash.toUpperCase())),
  );
  const isRemote: Rule = (held) => {
    if (typeof held !== 'object' || held === null) return false;
    const { url, buildHash } = held as Readonly<Record<string, NativeValue>>;
    return isAddress(url) && sha256(buildHash);
  };
  const engineRules = {
    hash: sha256,
    engineId: isText,
    buildId: isText,
    publishedAtMs: instant,
    remote: optional(isRemote),
  };
  it(
    'a stored engine version is the one that its key names, or is refused',
    hostile(changed(engines), (stored) => {
      const decoded = read(() => decodeEngineVersion(stored))?.value;
      const isVersion = isStored(engineRules, stored) && stored['pk'] === `engine#${textOf(stored['hash'])}`;
      expect(decoded !== undefined).toBe(isVersion);
      if (decoded === undefined) return 'refused';
      expect(encodeEngineVersion(decoded)).toMatchObject(
        Object.fromEntries(
          Object.keys(engineRules).flatMap((name) => (name in stored ? [[name, stored[name]]] : [])),
        ),
      );
      return 'accepted';
    }),
  );

  const offered = [{ currency: 'EUR', allowedMinor: [100n, 200n].map(minorAmount) }];
  const retired = { retiredAtMs: 1_700_000_000_001 };
  const offer = {
    title: 'Coin',
    bets: offered,
    stateRule: 'bound' as const,
    bonusEndMillionths: 12_500_000n,
  };
  const gameVersion = { gameCode: ids.game('coin'), ...version, ...offer, ...retired };
  const versionRules = {
    gameCode: matches(new RegExp(`^${gameCode}$`)),
    sk: sha256,
    engineId: isWord,
    buildId: isWord,
    title: isWord,
    stateRule: (held: NativeValue | undefined) => held === 'fresh' || held === 'bound',
    bonusEndMillionths: optional(between(0n, 999_999_999_999n)),
    publishedAtMs: instant,
    retiredAtMs: optional(instant),
  };
  const gameVersions = having(encodeGameVersion(gameVersion), 'gameCode', fc.constantFrom('coin-2', 'COIN'));
  it(
    "a stored version of a game is its game's, or is refused",
    hostile(changed(gameVersions), (stored) => {
      const decoded = read(() => decodeGameVersion(stored))?.value;
      const isVersion =
        isStored(versionRules, stored) && stored['pk'] === `game-versions#${textOf(stored['gameCode'])}`;
      // Bets have a property of their own: other ones than these count as none.
      expect(decoded !== undefined).toBe(isVersion && Array.isArray(stored['bets']));
      if (decoded === undefined) return 'refused';
      const written = encodeGameVersion(decoded);
      for (const name of [...Object.keys(versionRules), 'bets']) expect(written[name]).toEqual(stored[name]);
      return 'accepted';
    }),
  );

  const activation = encodeActivation({
    gameCode: ids.game('coin'),
    number: 7,
    hash,
    activatedAtMs: 1_700_000_000_000,
  });
  const activationRules = {
    gameCode: matches(new RegExp(`^${gameCode}$`)),
    number: between(1n, 999_999_999n),
    hash: sha256,
    activatedAtMs: instant,
  };
  const numbers = fc.constantFrom<NativeValue>(0n, 8n, -7n, 999_999_999n, 1_000_000_000n, 2n ** 64n);
  it(
    'a stored activation is read to the number in its key, or refused',
    hostile(changed(having(activation, 'number', numbers)), (stored) => {
      const decoded = read(() => decodeActivation(stored))?.value;
      const isActivation =
        isStored(activationRules, stored) &&
        stored['pk'] === `game-activations#${textOf(stored['gameCode'])}` &&
        stored['sk'] === textOf(stored['number']).padStart(9, '0');
      expect(decoded !== undefined).toBe(isActivation);
      if (decoded === undefined) return 'refused';
      const written = encodeActivation(decoded);
      for (const name of Object.keys(activationRules)) expect(written[name]).toEqual(stored[name]);
      return 'accepted';
    }),
  );
});
