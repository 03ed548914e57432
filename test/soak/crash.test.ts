import { afterAll, describe, expect, it } from 'vitest';
import { eventually, Player } from '../e2e/client.ts';
import { LocalStackProcess } from '../e2e/local-stack.ts';
import { expectReconciled } from '../e2e/reconciled.ts';

const players = 4;
let stack: LocalStackProcess | undefined;

afterAll(() => stack?.remove());

describe('a stack that is killed in the middle of rounds', () => {
  it('brings every round to its end by itself after the next start, and the sums hold', async () => {
    stack = await LocalStackProcess.start();
    const { target, dataDirectory } = stack;
    const table = await Promise.all(Array.from({ length: players }, () => Player.open(target, '1000.00')));
    const playing = table.map((player) => playUntilCutOff(player));
    await eventually(async () => ((await table[0]?.rounds())?.length ?? 0) > 20 || undefined);
    await stack.stop('SIGKILL');
    await Promise.all(playing);

    stack = await LocalStackProcess.start(dataDirectory);
    const restarted = stack.target;
    const again = table.map((player) => player.on(restarted));
    await expectReconciled(restarted, again);
    for (const player of again) {
      const next = await player.playNext();
      expect([200, 409], next.text).toContain(next.status);
    }
  }, 300_000);
});

async function playUntilCutOff(player: Player): Promise<void> {
  for (;;) {
    try {
      const reply = await player.playNext();
      if (reply.status === 409) player.bonusActive = !player.bonusActive;
    } catch {
      return;
    }
  }
}
