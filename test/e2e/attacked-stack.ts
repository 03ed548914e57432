import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import { ReconciliationResponse, RoundResponse } from '../../functions/_api/responses.ts';
import type { NativeItem } from '../../shared/aws/attribute-values.ts';
import type { EngineStep } from '../../shared/engines/engines.ts';
import type { GrpcServer } from '../../shared/engines/grpc/grpc-server.ts';
import { encodeRecoveryMessage } from '../../shared/rounds/adapters/recovery-message.ts';
import { AlarmBell, type Parked } from './alarm-bell.ts';
import { call, codeOf, eventually, Player, type Round } from './client.ts';
import { Insider, type ItemKey, logOf } from './insider.ts';
import { LocalStackProcess } from './local-stack.ts';
import { type JournalEntry, journalOf } from './reconciled.ts';
import { WishedSeeds } from './wished-seeds.ts';

type Wish = (step: EngineStep) => boolean;

const MINUTE_MS = 60_000;

/** A local stack of its own, whose rounds are as a test wishes, with an insider and the person on call. */
export class AttackedStack {
  readonly stack: LocalStackProcess;
  readonly seeds: WishedSeeds;
  readonly insider: Insider;
  readonly bell: AlarmBell;
  readonly #server: GrpcServer;
  readonly #sqs: SQSClient;
  /** The books of each player as they were before somebody touched the ledger. */
  readonly #books = new Map<Player, JournalEntry[]>();

  private constructor(stack: LocalStackProcess, seeds: WishedSeeds, server: GrpcServer) {
    this.stack = stack;
    this.seeds = seeds;
    this.insider = new Insider(stack.target);
    this.bell = new AlarmBell(stack);
    this.#server = server;
    this.#sqs = new SQSClient({
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      endpoint: stack.target.environment['AWS_ENDPOINT_URL_SQS'] ?? '',
      useQueueUrlAsEndpoint: false,
    });
  }

  static async start(): Promise<AttackedStack> {
    const { seeds, server } = await WishedSeeds.serve();
    const environment = { RANDOM_URL: `http://127.0.0.1:${server.port}` };
    return new AttackedStack(await LocalStackProcess.start(undefined, undefined, environment), seeds, server);
  }

  async stop(): Promise<void> {
    for (const client of [this.insider, this.bell]) client.close();
    this.#sqs.destroy();
    await this.stack.remove();
    await this.#server.stop(0);
  }

  /** A player with these spins, once all of them are in the archive. */
  async playerWith(...wishes: Wish[]): Promise<Player> {
    const player = await Player.open(this.stack.target);
    for (const wish of wishes) await this.spun(player, wish);
    await this.archived(player);
    return player;
  }

  spun(player: Player, wish: Wish, key?: string): Promise<Round> {
    this.seeds.wishSpin(wish);
    return played(player, key);
  }

  async archived(player: Player): Promise<void> {
    await eventually(async () => {
      const items = await this.insider.rounds(player);
      return items.every(({ archived }) => archived === true) || undefined;
    });
  }

  async newest(player: Player): Promise<NativeItem> {
    const item = (await this.insider.rounds(player)).at(-1);
    if (!item) throw new Error('nothing was played');
    return item;
  }

  /** Asks recovery for the round, as the sweep would ask. */
  askRecovery({ playerId }: Player, { sk }: ItemKey): Promise<unknown> {
    const message = { log: logOf(playerId), number: Number(sk), purpose: 'finish', attempt: 0 } as const;
    return this.#sqs.send(
      new SendMessageCommand({
        QueueUrl: this.stack.target.outputs['RecoveryQueueUrl'],
        MessageBody: encodeRecoveryMessage(message),
      }),
    );
  }

  /** Has the ledger touched, and remembers the player's books as they were before that. */
  async noticed(player: Player, key: ItemKey, attack: () => Promise<unknown>): Promise<Parked> {
    this.#books.set(player, await journalOf(player));
    return this.rung(key, attack);
  }

  /** Has an item touched, and waits until the change is parked and the metric of its alarm has counted it. */
  async rung(key: ItemKey, attack: () => Promise<unknown>): Promise<Parked> {
    const [counted, startedAtMs] = [await this.bell.countOf('RecordParked'), performance.now()];
    await attack();
    const parked = await this.bell.parkedAt(key);
    await eventually(async () => (await this.bell.countOf('RecordParked')) > counted || undefined);
    expect(performance.now() - startedAtMs).toBeLessThan(MINUTE_MS);
    return parked;
  }

  /** What the wallet has booked since the ledger was touched. */
  async movementsSince(player: Player): Promise<Pick<JournalEntry, 'kind' | 'change'>[]> {
    const before = this.#books.get(player) ?? [];
    const now = await journalOf(player);
    expect(now.slice(0, before.length)).toEqual(before);
    return now.slice(before.length).map(({ kind, change }) => ({ kind, change }));
  }

  /** What the product's own reconciliation finds about this player. */
  async findingsAbout({ openedAtMs, playerId }: Player): Promise<string[]> {
    const [from, to] = [openedAtMs, Date.now() + 1_000].map((atMs) => new Date(atMs).toISOString());
    const { target } = this.stack;
    const reply = await call(target, 'GET', `/api/v1/reconciliation?from=${from}&to=${to}`, {
      headers: { 'x-operator-key': target.operatorKey },
    });
    const { findings } = ReconciliationResponse.parse(reply.json);
    return findings.filter(({ player_id }) => player_id === playerId).map(({ kind }) => kind);
  }

  /** Nobody plays on the log, and no money has moved since it was touched. */
  async expectFrozenAndUnpaid(player: Player): Promise<void> {
    expect(codeOf(await player.spin())).toBe('LOG_FROZEN');
    expect(codeOf(await player.bonus())).toBe('LOG_FROZEN');
    expect(await this.movementsSince(player)).toEqual([]);
  }
}

/** Plays what the game asks for next, which has to succeed. */
export async function played(player: Player, key?: string): Promise<Round> {
  const reply = await player.playNext(key);
  expect(reply.status, reply.text).toBe(200);
  return RoundResponse.parse(reply.json);
}
