/**
 * Stands in for functions/_runtime/composition.ts in the test build: the same names, the ports of the world that the running
 * invocation belongs to. What crosses a boundary as text or as an item still goes through the product's own codecs.
 */
import type { Clock } from '../../shared/foundation/clock.ts';
import type { Random } from '../../shared/foundation/random.ts';
import { countedLedger } from '../../shared/rounds/counted-ledger.ts';
import { openMacs } from '../../shared/encryption/macs.fixture.ts';
import { RoundMacs } from '../../shared/rounds/round-macs.ts';
import type { Freeze } from '../../shared/rounds/frozen-logs.ts';
import { MOST_WIN_MILLIONTHS } from './engine.ts';
import { playedRounds } from '../../shared/rounds/played-rounds.ts';
import { countedWallets } from '../../shared/wallets/counted-wallets.ts';
import { telemetry as sandboxTelemetry } from '../../functions/_runtime/observability.ts';
import { invocation } from './invocation.ts';

const ports = () => invocation().world.ports;

// All that the product counts goes through this one object.
sandboxTelemetry.count = (event) => invocation().count(event);

const simulatedClock: Clock = { nowMs: () => invocation().nowMs() };
const simulatedRandom: Random = {
  bytes: (length) => invocation().random.bytes(length),
  uuid: () => invocation().random.uuid(),
};

export const clock = () => simulatedClock;
export const random = () => simulatedRandom;
export const telemetry = () => sandboxTelemetry;
export const promptTelemetry = telemetry;
export const ledger = () => countedLedger(ports().ledger, sandboxTelemetry);
export const roundPages = () => ports().pages;
export const played = () => playedRounds(ledger(), roundPages());
const macsOfRounds = new RoundMacs(openMacs);
export const roundMacs = () => macsOfRounds;
export const seeds = () => ports().seeds;
export const sessions = () => ports().sessions;
export const sessionStore = sessions;
export const registry = () => ports().registry;
export const engines = () => ports().engines;
export const cipher = () => ports().cipher;
export const wallets = () => countedWallets(ports().wallets, sandboxTelemetry);
/** Every engine of a world was published with this. */
export const engineVersion = () => async () => ({ maxWinMillionths: MOST_WIN_MILLIONTHS });
export const marks = () => ports().marks;
export const recovery = () => ports().recovery;
export const parking = () => ports().parking;
export const frozenLogs = () => ports().frozenLogs;
export const isFreezeImage = () => false;
export const readFreezeImage = async (): Promise<Freeze> =>
  Promise.reject(new Error('No log is frozen here'));
export const archive = () => ports().archive;
export const eventBus = () => ports().events;

export { decodeStreamRound as readStreamImage } from '../../shared/rounds/adapters/stream-round.ts';
export { decodeRecoveryMessage as readRecoveryMessage } from '../../shared/rounds/adapters/recovery-message.ts';
