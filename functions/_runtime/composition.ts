import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { probeKey, probeQueue } from '../../shared/aws/probes.ts';
import { clientSettings, workerClientSettings } from '../../shared/aws/client-settings.ts';
import { DataKeyItems } from '../../shared/encryption/adapters/data-key-items.ts';
import { documentClient } from '../../shared/aws/document-client.ts';
import type { ConfigTable } from '../../shared/games/adapters/config-table.ts';
import { engineVersions } from '../../shared/games/adapters/engine-versions.ts';
import { DynamoEventLog } from '../../shared/events/adapters/event-log.ts';
import { decodeFreeze } from '../../shared/rounds/adapters/frozen-log-item.ts';
import { DynamoFrozenLogs } from '../../shared/rounds/adapters/frozen-logs.ts';
import { nativeItem, type WireItem } from '../../shared/aws/attribute-values.ts';
import { DynamoLedger } from '../../shared/rounds/adapters/ledger.ts';
import { DynamoRecoveryMarks } from '../../shared/rounds/adapters/recovery-marks.ts';
import { DynamoRoundPages } from '../../shared/rounds/adapters/round-pages.ts';
import { DynamoRegistry } from '../../shared/games/adapters/registry.ts';
import { DynamoSessionStore } from '../../shared/sessions/adapters/session-store.ts';
import { decodeSession, DynamoSessions, type SessionTable } from '../../shared/sessions/adapters/sessions.ts';
import { EventBridgeBus } from '../../shared/events/adapters/event-bus.ts';
import { RoutedEngines } from '../../shared/engines/grpc/routed-engines.ts';
import { httpWalletBooks } from '../../shared/wallets/adapters/wallet-books.ts';
import type { WalletConnection } from '../../shared/wallets/adapters/wallet-exchange.ts';
import { httpWallets } from '../../shared/wallets/adapters/wallets.ts';
import { KmsCipher } from '../../shared/encryption/adapters/cipher.ts';
import { KmsMacs } from '../../shared/encryption/adapters/macs.ts';
import { KmsDataKeys } from '../../shared/encryption/adapters/data-keys.ts';
import { checkedDataKey } from '../../shared/encryption/adapters/stored-data-key.ts';
import { authentic } from '../../shared/encryption/signed-item.ts';
import { S3Archive } from '../../shared/archive/adapters/archive.ts';
import { S3ArchivedRounds } from '../../shared/archive/adapters/archived-rounds.ts';
import { S3EngineArtefacts } from '../../shared/engines/adapters/engine-artefacts.ts';
import { S3Simulations } from '../../shared/simulation/adapters/simulations.ts';
import { Secrets } from '../../shared/aws/secrets.ts';
import { SqsParkingQueue } from '../../shared/archive/adapters/parking-queue.ts';
import { SqsRecoveryQueue } from '../../shared/rounds/adapters/sqs-recovery-queue.ts';
import { systemClock } from '../../shared/aws/clock.ts';
import { systemRandom } from '../../shared/aws/random.ts';
import { EngineHost } from '../../shared/engines/host/engine-host.ts';
import { HostedSimulations } from '../../shared/engines/host/simulated-engines.ts';
import { GameCode, OperatorId, PlayerId, SessionId } from '../../shared/foundation/ids.ts';
import type { SeedSource } from '../../shared/foundation/random.ts';
import { FaultError } from '../../shared/foundation/errors.ts';
import { RoundMacs } from '../../shared/rounds/round-macs.ts';
import { countedLedger } from '../../shared/rounds/counted-ledger.ts';
import { playedRounds } from '../../shared/rounds/played-rounds.ts';
import { countedWallets } from '../../shared/wallets/counted-wallets.ts';
import { setting } from './environment.ts';
import { promptTelemetry as sandboxPromptTelemetry, telemetry as sandboxTelemetry } from './observability.ts';

/**
 * Only this file knows which adapter stands behind which port. Each adapter is made at its first use and kept for the
 * life of the sandbox. The annotations leave out of a function's bundle what the function does not use.
 */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

export const clock = () => systemClock;
export const random = () => systemRandom;
export const telemetry = () => sandboxTelemetry;
export const promptTelemetry = () => sandboxPromptTelemetry;

const dynamo = /* @__PURE__ */ once(() => documentClient());
const kms = /* @__PURE__ */ once(() => new KMSClient(clientSettings));
const sqs = /* @__PURE__ */ once(() => new SQSClient(clientSettings));

const dataKeys = /* @__PURE__ */ once(() => {
  const encryptedKeys = new DataKeyItems(dynamo(), setting('CONFIG_TABLE'));
  return new KmsDataKeys({ kms: kms(), keyArn: setting('DATA_KEY_ARN'), encryptedKeys, clock: systemClock });
});
export const cipher = /* @__PURE__ */ once(() => new KmsCipher(dataKeys(), systemRandom));
/** The keys are asked for at the first MAC. The sweep makes none, and has no permission for them. */
export const macs = /* @__PURE__ */ once(
  () => new KmsMacs({ of: (keyId) => dataKeys().of(keyId), byId: (keyId) => dataKeys().byId(keyId) }),
);
/** Signs the rounds that are written, and checks those that are read. */
export const roundMacs = /* @__PURE__ */ once(() => new RoundMacs(macs()));
export const ledger = /* @__PURE__ */ once(() =>
  countedLedger(
    new DynamoLedger(dynamo(), setting('LEDGER_TABLE'), roundMacs(), systemClock),
    sandboxTelemetry,
  ),
);
/** Lists the rounds of a log, also beside one that somebody has changed. */
export const roundPages = /* @__PURE__ */ once(
  () => new DynamoRoundPages(dynamo(), setting('LEDGER_TABLE'), roundMacs()),
);
export const marks = /* @__PURE__ */ once(() => new DynamoRecoveryMarks(dynamo(), setting('LEDGER_TABLE')));
/** Sessions ask the ledger through this. */
export const played = /* @__PURE__ */ once(() => playedRounds(ledger(), roundPages()));
const sessionTable = /* @__PURE__ */ once(
  (): SessionTable => ({ client: dynamo(), tableName: setting('SESSIONS_TABLE'), macs: macs() }),
);
export const sessions = /* @__PURE__ */ once(() => new DynamoSessions(sessionTable()));
/** Launch and revoke sessions. The others only read them. */
export const sessionStore = /* @__PURE__ */ once(() => new DynamoSessionStore(sessionTable()));
const configTable = /* @__PURE__ */ once(
  (): ConfigTable => ({
    client: dynamo(),
    tableName: setting('CONFIG_TABLE'),
    macs: macs(),
    clock: systemClock,
  }),
);
export const registry = /* @__PURE__ */ once(() => new DynamoRegistry(configTable()));
export const eventLog = /* @__PURE__ */ once(() => new DynamoEventLog(dynamo(), setting('EVENTS_TABLE')));
export const artefacts = /* @__PURE__ */ once(() => new S3EngineArtefacts(setting('ENGINES_BUCKET')));
export const engineVersion = /* @__PURE__ */ once(() => engineVersions(configTable()));
/** The code that speaks gRPC lies in a file of its own beside the handler. Most sandboxes never read it. */
export const engines = /* @__PURE__ */ once(
  () =>
    new RoutedEngines({
      modules: new EngineHost(artefacts(), { telemetry: sandboxTelemetry }),
      version: engineVersion(),
      remote: async () => {
        const { RemoteEngines } = await import('../../shared/engines/grpc/remote-engines.ts');
        return new RemoteEngines(setting('GRPC_TIMEOUT_MS'));
      },
    }),
);
export const simulatedEngines = /* @__PURE__ */ once(() => new HostedSimulations(artefacts()));
export const simulations = /* @__PURE__ */ once(
  () => new S3Simulations(new S3Client(workerClientSettings), setting('SIMULATIONS_BUCKET')),
);
export const seeds = /* @__PURE__ */ once((): SeedSource => {
  const url = setting('RANDOM_URL');
  if (url === undefined) return { seed: async () => systemRandom.bytes(32) };
  const remote = once(async () => {
    const { RemoteSeeds } = await import('../../shared/engines/grpc/remote-seeds.ts');
    return new RemoteSeeds(url, setting('GRPC_TIMEOUT_MS'), systemRandom);
  });
  return { seed: async () => (await remote()).seed() };
});
export const frozenLogs = /* @__PURE__ */ once(
  () =>
    new DynamoFrozenLogs(
      { client: dynamo(), macs: macs(), clock: systemClock, random: systemRandom },
      setting('LEDGER_TABLE'),
    ),
);
export const recovery = /* @__PURE__ */ once(
  () => new SqsRecoveryQueue(sqs(), setting('RECOVERY_QUEUE_URL')),
);
export const parking = /* @__PURE__ */ once(() => new SqsParkingQueue(sqs(), setting('PARKING_QUEUE_URL')));
export const eventBus = /* @__PURE__ */ once(
  () => new EventBridgeBus(new EventBridgeClient(workerClientSettings), setting('EVENT_BUS_NAME')),
);
export const archive = /* @__PURE__ */ once(
  () => new S3Archive(new S3Client(workerClientSettings), setting('ARCHIVE_BUCKET')),
);
export const archivedRounds = /* @__PURE__ */ once(
  () => new S3ArchivedRounds(new S3Client(clientSettings), setting('ARCHIVE_BUCKET'), roundMacs()),
);

const walletConnection = /* @__PURE__ */ once((): WalletConnection => {
  const secrets = new Secrets(new SecretsManagerClient(clientSettings), systemClock);
  return {
    secret: (name) => secrets.secret(name),
    clock: systemClock,
    timeoutMs: setting('WALLET_TIMEOUT_MS'),
  };
});
export const wallets = /* @__PURE__ */ once(() =>
  countedWallets(httpWallets({ ...walletConnection(), telemetry: sandboxTelemetry }), sandboxTelemetry),
);
export const walletBooks = /* @__PURE__ */ once(() => httpWalletBooks(walletConnection()));

/** Reads once, without harm, each thing that a round depends on, through the adapters that rounds use. */
export function healthProbes(): Readonly<Record<string, () => Promise<unknown>>> {
  const log = {
    operatorId: OperatorId.parse('health'),
    playerId: PlayerId.parse('health'),
    gameCode: GameCode.parse('health'),
  };
  const sessionId = SessionId.parse('00000000-0000-4000-8000-000000000000');
  return {
    ledger: () => ledger().get({ log, number: 1 }),
    sessions: () => sessions().get(sessionId),
    config: () => registry().games(),
    engines: async () => {
      const games = await registry().games();
      // A deployment that offers no game is not up yet.
      if (games.length === 0) throw new FaultError('MISCONFIGURED', 'No game is published');
      await Promise.all(games.map(({ engineHash }) => probeEngine(engineHash)));
    },
    recovery_queue: () => probeQueue(sqs(), setting('RECOVERY_QUEUE_URL')),
    data_key: () => probeKey(kms(), setting('DATA_KEY_ARN')),
  };
}

/** A module must be stored, and a server must answer. */
async function probeEngine(hash: string): Promise<unknown> {
  const version = await engineVersion()(hash);
  return version?.remote ? (await engines().load(hash)).reset() : artefacts().fetch(hash);
}

export type { WireItem } from '../../shared/aws/attribute-values.ts';
export { decodeDetail as readEvent } from '../../shared/events/adapters/event-detail.ts';
export { decodeStreamRound as readStreamImage } from '../../shared/rounds/adapters/stream-round.ts';
export { isFreezeImage } from '../../shared/rounds/adapters/frozen-log-item.ts';
export const readFreezeImage = (image: WireItem) => decodeFreeze(macs(), nativeItem(image));
export { isDataKey } from '../../shared/encryption/adapters/stored-data-key.ts';
export const readDataKeyImage = (image: WireItem) =>
  checkedDataKey(kms(), setting('DATA_KEY_ARN'), nativeItem(image));
export { isSession } from '../../shared/sessions/adapters/sessions.ts';
export const readSessionImage = (image: WireItem) => decodeSession(macs(), nativeItem(image));
export const readSignedImage = (image: WireItem) => authentic(macs(), nativeItem(image), 'signedAtMs');
export { decodeRecoveryMessage as readRecoveryMessage } from '../../shared/rounds/adapters/recovery-message.ts';
