import { randomUUID } from 'node:crypto';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BusEvent } from '../../../infra/local/services/event-store.ts';
import { startTestServices, type TestServices } from '../../kit/services.ts';
import type { RoundEnded } from '../../../shared/events/events.ts';
import { EventBridgeBus } from '../../../shared/events/adapters/event-bus.ts';
import { decodeDetail, encodeDetail } from '../../../shared/events/adapters/event-detail.ts';
import { ids } from '../../../shared/foundation/ids.fixture.ts';

const BUS = 'rgs-test';
let local: TestServices;
let client: EventBridgeClient;
let calls = 0;
const delivered: BusEvent[] = [];
let heard: (() => void) | undefined;

beforeAll(async () => {
  local = await startTestServices();
  local.services.ensureBus(BUS);
  local.services.deliverEvents(async (event) => {
    delivered.push(event);
    heard?.();
  });
  client = new EventBridgeClient({ ...local.access, endpoint: local.services.endpoints.eventBridge });
  client.middlewareStack.add(
    (next) => (args) => {
      calls += 1;
      return next(args);
    },
    {},
  );
});
afterAll(async () => {
  client.destroy();
  await local.stop();
});

function roundEnded(given: Partial<RoundEnded> = {}): RoundEnded {
  const roundId = ids.randomRound();
  return {
    type: 'round.ended',
    eventId: `${roundId}:ended`,
    atMs: 1_795_000_000_123,
    log: {
      operatorId: ids.operator('demo'),
      playerId: ids.player('player123'),
      gameCode: ids.game('happy-panda'),
    },
    roundId,
    number: 42,
    sessionId: ids.session(randomUUID()),
    kind: 'spin',
    status: 'CREDITED',
    currency: 'EUR',
    stake: '1.00',
    win: '2.50',
    ...given,
  };
}

async function deliveredOf(events: readonly RoundEnded[]): Promise<BusEvent[]> {
  const ids = new Set(events.map(({ eventId }) => eventId));
  for (;;) {
    const { promise, resolve } = Promise.withResolvers<void>();
    heard = resolve;
    const found = delivered.filter(({ detail }) => ids.has(String(detail['event_id'])));
    if (found.length >= events.length) return found;
    await promise;
  }
}

describe('the bus', () => {
  it('carries every event, in calls of at most ten', async () => {
    const events = Array.from({ length: 23 }, () => roundEnded());
    calls = 0;
    await new EventBridgeBus(client, BUS).publish(events);
    expect(calls).toBe(3);
    const found = await deliveredOf(events);
    const read = found.map((event) => decodeDetail(event['detail-type'], event.detail));
    const byId = (left: RoundEnded, right: RoundEnded) => left.eventId.localeCompare(right.eventId);
    expect(read.sort(byId)).toEqual(events.toSorted(byId));
  });

  it('names its source, and the type of event', async () => {
    const event = roundEnded();
    await new EventBridgeBus(client, BUS).publish([event]);
    const [found] = await deliveredOf([event]);
    expect(found).toMatchObject({ source: 'serverless-rgs', 'detail-type': 'round.ended' });
    expect(found?.detail).toMatchObject({ at: '2026-11-18T11:06:40.123Z', round_number: 42, win: '2.50' });
  });

  it('splits what would be too large for one call', async () => {
    const events = Array.from({ length: 3 }, () =>
      roundEnded({ eventId: `${randomUUID()}${'x'.repeat(100_000)}` }),
    );
    calls = 0;
    await new EventBridgeBus(client, BUS).publish(events);
    expect(calls).toBe(2);
    expect(await deliveredOf(events)).toHaveLength(3);
  });

  it('that takes not every event is an error that can be retried', async () => {
    const publishing = new EventBridgeBus(client, 'no-such-bus').publish([roundEnded()]);
    await expect(publishing).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryable: true });
  });
});

describe('the detail of an event', () => {
  const good: Record<string, unknown> = JSON.parse(encodeDetail(roundEnded()));

  it('is refused with a field too many, too few or of another type', () => {
    const wrong = [{ ...good, extra: 1 }, { ...good, win: 2.5 }, { ...good, version: 2 }, undefined];
    for (const detail of [...wrong, ...Object.keys(good).map((name) => ({ ...good, [name]: undefined }))]) {
      expect(() => decodeDetail('round.ended', detail)).toThrow(
        expect.objectContaining({ code: 'CORRUPT_RECORD' }),
      );
    }
  });

  it.each([
    ['a currency that nobody can count in', { currency: 'XXX' }],
    ['more decimals than its currency has', { win: '2.505' }],
    ['an amount past every limit', { win: '9'.repeat(400) }],
    ['a leading zero', { stake: '01.00' }],
    ['a number that no round can have', { round_number: 1_000_000_000 }],
    ['an id that no key can hold', { event_id: 'x'.repeat(1_025) }],
    ['an id of several lines', { event_id: 'a\nb' }],
    ['a time before all others', { at: '0000-01-01T00:00:00.000Z' }],
  ])('is refused with %s', (_, change) => {
    expect(() => decodeDetail('round.ended', { ...good, ...change })).toThrow(
      expect.objectContaining({ code: 'CORRUPT_RECORD' }),
    );
  });

  it('is refused for a type of event that nobody sends', () => {
    expect(() => decodeDetail('round.begun', good)).toThrow(
      expect.objectContaining({ code: 'CORRUPT_RECORD' }),
    );
  });
});
