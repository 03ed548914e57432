import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { SendMessageBatchCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, describe, expect, it } from 'vitest';
import { encodeRecoveryMessage } from '../../shared/rounds/adapters/recovery-message.ts';
import { codeOf, eventually, minor, Player, type Record_ } from '../e2e/client.ts';
import { Chance, playUntil, rulesLeftOut, setFaults } from '../e2e/hostile-table.ts';
import { LocalStackProcess } from '../e2e/local-stack.ts';
import { withOneCallOperator } from '../e2e/operators.ts';
import { target } from '../e2e/own-target.ts';
import { expectReconciled, journalOf } from '../e2e/reconciled.ts';
import type { Target } from '../e2e/target.ts';

const OUTAGE_MS = 60_000;
const PAID_WITHIN_MS = 120_000;
const WINS_OWED = 20;
const LIMIT_MS = 300_000;

/** The functions that move money or drive rounds, by the beginnings of their names. */
const VICTIMS = ['play', 'recover', 'process'];
const KILLS = 15;
const MOST_KILLS = 60;

const plan = path.join(import.meta.dirname, '../../infra/demo-wallet/plans/mixed.json');
const { rules: mixed } = JSON.parse(readFileSync(plan, 'utf8')) as {
  rules: { probability: number; seed: number }[];
};
/** The calls beside those of the rules. Of so many calls each rule strikes one, among those that the rules before it let pass. */
const LEFT_ALONE = 10;

/**
 * The rules strike by turns and not by chance, so that no rule is left out. Besides, many rollbacks and credits do not arrive.
 * One that is not repeated is missing for certain.
 */
function everythingWrong(chance: Chance): object[] {
  return [
    { fault: 'server-error', on: 'rollback', every: 2 },
    { fault: 'time-out', on: 'bet-win', every: 9 },
    { fault: 'commit-then-time-out', on: 'bet-win', every: 7 },
    { fault: 'close-socket', when: 'before', on: 'credit', every: 3 },
    ...mixed.map((byChance, index) => {
      const { probability: _, seed: __, ...rule } = byChance;
      const every = mixed.length + LEFT_ALONE - index;
      return { ...rule, every, skip: 1 + chance.below(every) };
    }),
  ];
}

const stacks: LocalStackProcess[] = [];
async function startStack(dataDirectory?: string): Promise<LocalStackProcess> {
  const stack = await LocalStackProcess.start(dataDirectory);
  stacks.push(stack);
  return stack;
}
afterAll(() => Promise.all(stacks.map((stack) => stack.remove())));

function tableOf(at: Target, size: number): Promise<Player[]> {
  return Promise.all(Array.from({ length: size }, () => Player.open(at)));
}

async function play(players: readonly Player[], stop: AbortSignal): Promise<void> {
  await Promise.all(players.map((player) => playUntil(player, stop)));
}

async function roundsOf(players: readonly Player[]): Promise<Record_[]> {
  return (await Promise.all(players.map((player) => player.rounds()))).flat();
}

const statusesOf = (rounds: readonly Record_[]) => new Set(rounds.map(({ status }) => status));

function sqsOf({ environment }: Target): SQSClient {
  return new SQSClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    endpoint: environment['AWS_ENDPOINT_URL_SQS'] ?? '',
    useQueueUrlAsEndpoint: false,
  });
}

// The first test mostly waits, so both run together. The second one has a stack of its own.
describe.concurrent('a wallet', { timeout: LIMIT_MS }, () => {
  it('that is down for one minute with wins owed is paid each of them once, the last within 120 seconds of its return', async () => {
    const players = await tableOf(target(), 4);
    await setFaults(target(), [{ fault: 'down', on: 'credit' }]);
    const owed = await playUntilOwed(players);
    await setFaults(target(), [{ fault: 'down', for_ms: OUTAGE_MS }]);
    const returnsAtMs = Date.now() + OUTAGE_MS;
    // One player is in the middle of a round.
    const unlucky = players.find(({ bonusActive }) => !bonusActive);
    expect(unlucky && codeOf(await unlucky.spin())).toBe('ROUND_VOIDED');
    await setTimeout(returnsAtMs - Date.now());

    const rounds = await expectReconciled(target(), players);
    const journals = await Promise.all(players.map(journalOf));
    const credits = journals.flat().filter(({ kind }) => kind === 'credit');
    const idsOf = (each: readonly { readonly round_id: string | null }[]) =>
      each.map(({ round_id }) => round_id);
    expect(credits).toHaveLength(owed.length);
    expect(new Set(idsOf(credits))).toEqual(new Set(idsOf(owed)));
    const times = credits.map(({ at }) => Date.parse(at));
    // The wallet counts its minute from a moment before this test does.
    expect(Math.min(...times)).toBeGreaterThan(returnsAtMs - 1_000);
    expect(Math.max(...times)).toBeLessThan(returnsAtMs + PAID_WITHIN_MS);
    expect(statusesOf(rounds)).toContain('VOIDED');
  });

  it('that does everything wrong, while functions are killed, messages come twice in any order and then all is killed, is left with final rounds and sums that hold', async () => {
    const chance = new Chance();
    console.log(`To repeat it: RGS_ABUSE_SEED=${chance.seed}`);
    const stack = await startStack();
    const demo = await tableOf(stack.target, 4);
    const oneCall = await tableOf(await withOneCallOperator(stack.target), 2);
    const players = [...demo, ...oneCall];
    await returnSoon(stack.target);
    await setFaults(stack.target, everythingWrong(chance));
    const stop = new AbortController();
    const playing = play(players, stop.signal);
    for (let kills = 0; kills < KILLS || (kills < MOST_KILLS && (await isOwed(stack))); kills += 1) {
      await setTimeout(100 + chance.below(700));
      await killOneFunction(stack, VICTIMS[kills % VICTIMS.length] ?? '', chance);
      if (kills % 3 === 2) await repeatRecovery(stack.target, players, chance);
    }
    expect(await killedAtWork(stack)).toEqual(new Set(VICTIMS));
    expect(await rulesLeftOut(stack.target)).toEqual([]);
    await setTimeout(chance.below(1_000));
    await stack.stop('SIGKILL');
    stop.abort();
    await playing;

    const { target: at } = await startStack(stack.dataDirectory);
    await returnSoon(at);
    await setFaults(at, everythingWrong(chance));
    // The wallet has another address now.
    const oneCallAt = await withOneCallOperator(at);
    const again = [
      demo.map((player) => player.on(at)),
      oneCall.map((player) => player.on(oneCallAt)),
    ] as const;
    await play(again.flat(), AbortSignal.timeout(4_000));
    await setFaults(at, []);
    const rounds = [
      ...(await expectReconciled(at, again[0])),
      ...(await expectReconciled(oneCallAt, again[1])),
    ];
    expect(rounds.length).toBeGreaterThan(30);
    for (const status of ['COMMITTED', 'CREDITED', 'VOIDED']) expect(statusesOf(rounds)).toContain(status);
  });
});

/** Plays until the wallet owes enough wins and everybody has been answered. @returns the rounds that they are owed for */
async function playUntilOwed(players: readonly Player[]): Promise<Record_[]> {
  for (;;) {
    await play(players, AbortSignal.timeout(200));
    const owed = (await roundsOf(players)).filter(
      ({ status, win }) => status === 'COMMITTED' && minor(win) > 0n,
    );
    if (owed.length >= WINS_OWED) return owed;
  }
}

/** Shortens the six minutes after which a message whose function died comes back. The number of attempts stays as it is. */
async function returnSoon(at: Target): Promise<void> {
  const sqs = sqsOf(at);
  const QueueUrl = at.outputs['RecoveryQueueUrl'];
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: '5' } }));
  sqs.destroy();
}

/** Whether abuse has to go on. It must while a rule has not struck, or a function has only been killed while it was idle. */
async function isOwed(stack: LocalStackProcess): Promise<boolean> {
  const [leftOut, atWork] = await Promise.all([rulesLeftOut(stack.target), killedAtWork(stack)]);
  return leftOut.length > 0 || atWork.size < VICTIMS.length;
}

/** One process of the function. */
async function killOneFunction({ child }: LocalStackProcess, name: string, chance: Chance): Promise<void> {
  // After it was killed, there is none until its next event.
  const victim = await eventually(async () => {
    const processes = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
      .split('\n')
      .map((line) => /^\s*(\d+)\s+(\d+)\s.*function-runtime\.ts\s+\S*?-(play|recover|process)/.exec(line))
      .filter((match) => match !== null)
      .filter(([, , parent, found]) => Number(parent) === child.pid && found === name);
    return chance.shuffled(processes)[0];
  });
  process.kill(Number(victim[1]), 'SIGKILL');
}

/** The functions that were killed with an event in hand. The stack tells of events that did not end. */
async function killedAtWork({ dataDirectory }: LocalStackProcess): Promise<Set<string>> {
  const log = await readFile(path.join(dataDirectory, 'logs/local-run.log'), 'utf8').catch(() => '');
  const lines = log.split('\n').filter((line) => /RequestId: (?!init)\S+ Error: .*signal: killed/.test(line));
  const told = lines.map((line) => /"(play|recover|process)-\S+ did not end its event"/.exec(line)?.[1]);
  return new Set(told.filter((name) => name !== undefined));
}

/** Sends what recovery may be asked for each player's newest rounds, twice and shuffled. */
async function repeatRecovery(at: Target, players: readonly Player[], chance: Chance): Promise<void> {
  const newest = (await Promise.all(players.map((player) => player.rounds()))).flatMap((rounds) =>
    rounds.slice(0, 3),
  );
  const bodies = newest.flatMap(
    ({ operator_id: operatorId, player_id: playerId, game_code: gameCode, number }) =>
      (['finish', 'confirm-void', 'finish', 'confirm-void'] as const).map((purpose) =>
        encodeRecoveryMessage({ log: { operatorId, playerId, gameCode }, number, purpose, attempt: 0 }),
      ),
  );
  const shuffled = chance.shuffled(bodies);
  const sqs = sqsOf(at);
  for (let from = 0; from < shuffled.length; from += 10) {
    const Entries = shuffled
      .slice(from, from + 10)
      .map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    const QueueUrl = at.outputs['RecoveryQueueUrl'];
    const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    expect(Failed).toEqual([]);
  }
  sqs.destroy();
}
