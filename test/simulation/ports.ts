import { DependencyError } from '../../shared/foundation/errors.ts';
import { encodeRecoveryMessage, recoveryGroup } from '../../shared/rounds/adapters/recovery-message.ts';
import type { Archive } from '../../shared/archive/archive.ts';
import type { Cipher } from '../../shared/encryption/cipher.ts';
import type { EventBus } from '../../shared/events/event-bus.ts';
import type { SeedSource } from '../../shared/foundation/random.ts';
import { logHashOf } from '../../shared/rounds/round-address.ts';
import type { RecoveryQueue } from '../../shared/rounds/recovery-queue.ts';
import type { Registry } from '../../shared/games/registry.ts';
import type { Sessions } from '../../shared/sessions/sessions.ts';
import { dynamoLedgerPort, dynamoMarksPort, dynamoPagesPort } from './dynamo-ledger.ts';
import { enginesPort } from './engines-port.ts';
import type { PortCall } from './faults.ts';
import { type Call, type Invocation, invocation } from './invocation.ts';
import { isVictim } from './plan.ts';
import { LEDGER_LIMITS, ledgerPort, marksPort, pagesPort } from './ledger-port.ts';
import { unsealed } from './recompute.ts';
import { sqsRecoveryQueue } from './sqs-recovery.ts';
import { walletsPort } from './wallets-port.ts';
import type { Ports, WorldView } from './world-view.ts';

/** Three attempts of 1.5 s, as shared/aws/client-settings.ts has it; a packet may still be on its way after that. */
const aws = {
  fail: (): never => {
    throw new DependencyError('SERVICE_UNAVAILABLE', 'The service did not answer as it should');
  },
  ...LEDGER_LIMITS,
};

/** An AWS service: whatever goes wrong in it is the same error to its caller. */
function call<T>(name: PortCall, effect: () => T | Promise<T>, limits: Partial<Call<T>> = {}): Promise<T> {
  return invocation().call<T>(name, { ...aws, ...limits, effect });
}

/** The product's ports over what is kept in memory; every call of them is the scheduler's. */
export function portsOf(world: WorldView): Ports {
  return {
    ledger: world.plan.adapters ? dynamoLedgerPort(world) : ledgerPort(world, call),
    pages: world.plan.adapters ? dynamoPagesPort() : pagesPort(world, call),
    wallets: walletsPort(world),
    sessions: sessionsPort(world),
    registry: registryPort(world),
    engines: enginesPort(world),
    seeds: seedsPort(world),
    cipher,
    recovery: recoveryPort(world),
    marks: world.plan.adapters ? dynamoMarksPort() : marksPort(world, call),
    parking: {
      park: (record: unknown) => {
        const running = invocation();
        world.oracle.rules.alarms.parked(running, running.callsOf('parking.park') + 1);
        return call('parking.park', () => void world.parked.push(JSON.stringify(record)));
      },
    },
    archive: archivePort(world),
    events: eventsPort(world),
    frozenLogs: frozenLogsPort(world),
  };
}

function sessionsPort({ sessions, oracle }: WorldView): Sessions {
  return {
    get: (sessionId) => call('sessions.get', () => sessions.get(sessionId)),
    create: (session) =>
      call('sessions.create', async () => {
        await sessions.create(session);
        oracle.rules.closures.launched(session);
      }),
    revoke: (sessionId, atMs) =>
      call('sessions.revoke', async () => {
        const revoked = await sessions.revoke(sessionId, atMs);
        if (revoked) oracle.rules.revoked(sessionId);
        return revoked;
      }),
  };
}

function registryPort({ registry, outdatedGame }: WorldView): Registry {
  const outdated = (running: Invocation) => () => {
    running.wasOutdated = true;
    return outdatedGame;
  };
  return {
    operator: (operatorId) => call('registry.operator', () => registry.operator(operatorId)),
    operatorByKey: (keyHash) => call('registry.operatorByKey', () => registry.operatorByKey(keyHash)),
    game: (gameCode) =>
      call('registry.game', () => registry.game(gameCode), {
        own: { outdated: outdated(invocation()) },
      }),
    presentGame: (gameCode) => call('registry.presentGame', () => registry.presentGame(gameCode)),
    games: async () => [],
  };
}

/** As a generator on a server: its answer can be lost like any other. */
function seedsPort({ oracle }: WorldView): SeedSource {
  return {
    seed: () => {
      const { random } = invocation();
      return call('seeds.seed', () => {
        const seed = random.bytes(32);
        oracle.rules.seeds.drawn(seed);
        return seed;
      });
    },
  };
}

/** Seals by writing the context down: what is opened with another context is refused, as the real one would. */
const cipher: Cipher = {
  seal: (plain, context) =>
    call('cipher.seal', () => Buffer.concat([Buffer.from(`${context}\0`), plain]), { latencyMs: [0, 1] }),
  open: (sealed, context) => call('cipher.open', () => unsealed(sealed, context), { latencyMs: [0, 1] }),
};

const MAX_DELAY_MS = 900_000;

function recoveryPort(world: WorldView): RecoveryQueue {
  const queue = world.plan.adapters ? sqsRecoveryQueue(world) : plainQueue(world);
  return {
    // No message, no call: the adapter sends none either.
    send: async (requests, delayMs) => {
      for (const request of requests)
        world.oracle.rules.calls.queued(encodeRecoveryMessage(request), delayMs);
      if (requests.length > 0) await queue.send(requests, delayMs);
    },
  };
}

function plainQueue(world: WorldView): RecoveryQueue {
  return {
    send: (requests, delayMs) => {
      const wholeSecondsMs = Math.ceil(Math.min(Math.max(delayMs, 0), MAX_DELAY_MS) / 1000) * 1000;
      return call('recovery.send', () => {
        for (const request of requests)
          world.queue.send(encodeRecoveryMessage(request), recoveryGroup(request), wholeSecondsMs);
      });
    },
  };
}

/** Only the logs of victims are forged. */
function frozenLogsPort(world: WorldView): Ports['frozenLogs'] {
  const { ledger, oracle, plan, timeline } = world;
  const logs = new Map(plan.victims.map(({ holder }) => [logHashOf(holder), holder]));
  return {
    freeze: (logHash, reason) =>
      call('logs.freeze', () => {
        const log = logs.get(logHash);
        if (!log || !oracle.rules.forged.isForged(log))
          return world.fail(
            'the consumer takes no change of the product for a forged one',
            `${logHash} ${reason}`,
          );
        ledger.frozen.add(logHash);
        oracle.rules.forged.frozen(log, timeline.nowMs);
      }),
  };
}

function archivePort({ oracle }: WorldView): Archive {
  return {
    write: (rounds) =>
      call('archive.write', () => {
        for (const round of rounds) if (!isVictim(round.log.playerId)) oracle.rules.records.archived(round);
      }),
  };
}

function eventsPort({ oracle }: WorldView): EventBus {
  return {
    publish: (events) =>
      call('events.publish', () => {
        for (const event of events) oracle.rules.records.published(event);
      }),
  };
}
