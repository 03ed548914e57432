import { EventBridgeClient, ListRulesCommand, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { describe, expect, it, vi } from 'vitest';
import { startEventBus } from './event-bus.ts';
import type { BusEvent } from './event-store.ts';
import { clientOptions, started, temporaryFolder } from '../../../test/kit/services.ts';

const BUS = 'rgs-local-bus';

async function open(dataDirectory = temporaryFolder()) {
  const bus = await started(startEventBus(dataDirectory));
  bus.ensureBus(BUS);
  return { bus, dataDirectory, client: new EventBridgeClient(clientOptions(bus.endpoint)) };
}

function entry(round: number) {
  return {
    EventBusName: BUS,
    Source: 'serverless-rgs',
    DetailType: 'round.committed',
    Detail: JSON.stringify({ round }),
  };
}

/** Resolves with the events, in the order of their arrival, once there are this many. */
function collect(count: number) {
  const events: BusEvent[] = [];
  const all = Promise.withResolvers<readonly BusEvent[]>();
  const handler = async (event: BusEvent) => {
    events.push(event);
    if (events.length === count) all.resolve(events);
  };
  return { handler, all: all.promise };
}

describe('the local event bus', () => {
  it('hands over an event as EventBridge does', async () => {
    const { bus, client } = await open();
    const { handler, all } = collect(1);
    bus.deliverEvents(handler);
    const Time = new Date('2026-03-01T12:00:00.000Z');
    const sent = await client.send(new PutEventsCommand({ Entries: [{ ...entry(1), Time }] }));
    expect(sent.FailedEntryCount).toBe(0);
    expect(await all).toEqual([
      {
        version: '0',
        id: sent.Entries?.[0]?.EventId,
        'detail-type': 'round.committed',
        source: 'serverless-rgs',
        account: '000000000000',
        time: '2026-03-01T12:00:00Z',
        region: 'us-east-1',
        resources: [],
        detail: { round: 1 },
      },
    ]);
  });

  it('tells which bus an event was put on, named by its ARN', async () => {
    const { bus, client } = await open();
    const heard = Promise.withResolvers<string>();
    bus.deliverEvents(async (_, busName) => heard.resolve(busName));
    const EventBusName = `arn:aws:events:us-east-1:000000000000:event-bus/${BUS}`;
    await client.send(new PutEventsCommand({ Entries: [{ ...entry(1), EventBusName }] }));
    expect(await heard.promise).toBe(BUS);
  });

  it('refuses the entries that are wrong and accepts the others', async () => {
    const { bus, client } = await open();
    const { handler, all } = collect(2);
    bus.deliverEvents(handler);
    const { FailedEntryCount, Entries } = await client.send(
      new PutEventsCommand({
        Entries: [
          entry(1),
          { ...entry(2), Detail: '{' },
          { ...entry(3), Detail: '[]' },
          { ...entry(4), Source: undefined },
          { ...entry(5), EventBusName: 'another' },
          entry(6),
        ],
      }),
    );
    expect(FailedEntryCount).toBe(4);
    const codes = [
      undefined,
      'MalformedDetail',
      'MalformedDetail',
      'InvalidArgument',
      'ResourceNotFoundException',
      undefined,
    ];
    expect(Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual(codes);
    expect((await all).map(({ detail }) => detail.round)).toEqual([1, 6]);
  });

  it('refuses more than ten entries, and too many bytes', async () => {
    const { client } = await open();
    const eleven = Array.from({ length: 11 }, (_, round) => entry(round));
    await expect(client.send(new PutEventsCommand({ Entries: eleven }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    const big = { ...entry(1), Detail: JSON.stringify({ text: 'x'.repeat(256 * 1024) }) };
    await expect(client.send(new PutEventsCommand({ Entries: [big] }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  it('hands an event over again until it is acknowledged', async () => {
    const { bus, client, dataDirectory } = await open();
    const complaints = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const acknowledged = Promise.withResolvers<number>();
    let attempts = 0;
    bus.deliverEvents(async () => {
      attempts += 1;
      if (attempts < 2) throw new Error('not yet');
      acknowledged.resolve(attempts);
    });
    await client.send(new PutEventsCommand({ Entries: [entry(1)] }));
    expect(await acknowledged.promise).toBe(2);
    expect(complaints).toHaveBeenCalledWith(expect.stringContaining('not yet'));
    complaints.mockRestore();
    await bus.stop();
    const again = await open(dataDirectory);
    const { handler, all } = collect(1);
    again.bus.deliverEvents(handler);
    await again.client.send(new PutEventsCommand({ Entries: [entry(2)] }));
    expect((await all).map(({ detail }) => detail.round)).toEqual([2]);
  });

  it('lets a slow event hold up no other', async () => {
    const { bus, client } = await open();
    const release = Promise.withResolvers<void>();
    const others = collect(9);
    bus.deliverEvents(async (event) => (event.detail.round === 0 ? release.promise : others.handler(event)));
    await client.send(
      new PutEventsCommand({ Entries: Array.from({ length: 10 }, (_, round) => entry(round)) }),
    );
    expect(await others.all).toHaveLength(9);
    release.resolve();
  });

  it('delivers after a restart what was accepted before it', async () => {
    const first = await open();
    await first.client.send(new PutEventsCommand({ Entries: [entry(1), entry(2)] }));
    await first.bus.stop();
    const second = await open(first.dataDirectory);
    const { handler, all } = collect(2);
    second.bus.deliverEvents(handler);
    expect((await all).map(({ detail }) => detail.round)).toEqual([1, 2]);
  });

  it.each([
    ['Resources', { ...entry(1), Resources: ['arn:x'] }],
    ['TraceHeader', { ...entry(1), TraceHeader: 'Root=1' }],
    ['EventBusName', { ...entry(1), EventBusName: undefined }],
  ])('refuses an entry for its %s, which no event of the product has so', async (name, wrong) => {
    const { client } = await open();
    await expect(client.send(new PutEventsCommand({ Entries: [wrong] }))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(name),
    });
  });

  it('says that it does not know an operation', async () => {
    const { client } = await open();
    await expect(client.send(new ListRulesCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
    });
  });
});
