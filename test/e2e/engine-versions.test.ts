import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deploymentOf } from '../../infra/commands/deployment.ts';
import { engineSource } from '../../infra/commands/engine-source.ts';
import { activateEngine, publishEngine } from '../../infra/commands/publish-engine.ts';
import { configTableOf } from '../../infra/commands/stage-tables.ts';
import { DynamoGameVersions } from '../../shared/games/adapters/game-versions.ts';
import { Player } from './client.ts';
import { target } from './own-target.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

const GAME = 'happy-panda';
const MAX_SPINS = 2_000;
const deployment = deploymentOf('local', target().outputs);
const before = { ...process.env };

let versions: DynamoGameVersions;
let first: string;
let second: string;

beforeAll(async () => {
  Object.assign(process.env, target().environment);
  versions = new DynamoGameVersions(configTableOf(deployment));
  first = (await versions.activeHash(ids.game(GAME))) ?? '';
  const source = await engineSource(`engines/${GAME}`, {});
  ({ hash: second } = await publishEngine(deployment, { ...source, original: nextBuild(source.original) }));
});
afterAll(async () => {
  await activateEngine(deployment, { gameCode: ids.game(GAME), hash: first });
  process.env = before;
});

/** The same game as another build, with a new name each time, because a retired version never comes back. */
function nextBuild(original: Uint8Array): Uint8Array {
  const bytes = Buffer.from(original);
  const at = bytes.indexOf(Buffer.from('1.0.0', 'utf16le'));
  expect(at).toBeGreaterThan(0);
  bytes.write(String(randomInt(200, 1_000)).split('').join('.'), at, 'utf16le');
  return bytes;
}

async function newestEngine(player: Player): Promise<string | undefined> {
  return (await player.rounds())[0]?.engine_hash;
}

/** Spins until a bonus is open. */
async function winBonus(player: Player): Promise<void> {
  for (let spin = 0; spin < MAX_SPINS && !player.bonusActive; spin++) {
    expect((await player.playNext()).status).toBe(200);
  }
  expect(player.bonusActive).toBe(true);
}

/** Plays the open bonus to its end; answers the engines that played it. */
async function finishBonus(player: Player): Promise<Set<string>> {
  let steps = 0;
  for (; player.bonusActive; steps++) expect((await player.playNext()).status).toBe(200);
  return new Set((await player.rounds()).slice(0, steps).map(({ engine_hash }) => engine_hash));
}

/** Spins once a second until new rounds play on an engine. */
async function untilNewRoundsPlayOn(hash: string): Promise<void> {
  const player = await Player.open(target());
  const startedAtMs = performance.now();
  do {
    expect(performance.now() - startedAtMs).toBeLessThan(40_000);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    do await player.playNext();
    while (player.bonusActive);
  } while ((await newestEngine(player)) !== hash);
}

describe('a second version of a game', () => {
  it('is played once it is activated, without a restart, and left again; each open bonus ends where it began', async () => {
    const [one, other] = await Promise.all([Player.open(target()), Player.open(target())]);
    await winBonus(one);
    expect(await newestEngine(one)).toBe(first);

    await activateEngine(deployment, { gameCode: ids.game(GAME), hash: second });
    await untilNewRoundsPlayOn(second);
    expect(await finishBonus(one)).toEqual(new Set([first]));
    await winBonus(other);
    expect(await newestEngine(other)).toBe(second);

    await activateEngine(deployment, { gameCode: ids.game(GAME), hash: first });
    await versions.retire(ids.game(GAME), second, Date.now());
    await untilNewRoundsPlayOn(first);
    expect(await finishBonus(other)).toEqual(new Set([second]));
    await expect(activateEngine(deployment, { gameCode: ids.game(GAME), hash: second })).rejects.toThrow(
      'is retired',
    );
    const history = await versions.activations(ids.game(GAME));
    expect(history.slice(0, 3).map(({ hash }) => hash)).toEqual([first, second, first]);
  });
});
