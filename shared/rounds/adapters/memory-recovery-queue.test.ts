import { expect, it } from 'vitest';
import type { RecoveryRequest } from '../recovery-queue.ts';
import { MemoryRecoveryQueue } from './memory-recovery-queue.ts';
import { ids } from '../../foundation/ids.fixture.ts';

const request = (number: number): RecoveryRequest => ({
  log: {
    operatorId: ids.operator('demo'),
    playerId: ids.player('player123'),
    gameCode: ids.game('happy-panda'),
  },
  number,
  purpose: 'finish',
  attempt: 0,
});

it('The queue in memory delivers each request once, in the order of their times, and none before its own', async () => {
  const time = { nowMs: 1_000 };
  const queue = new MemoryRecoveryQueue({ nowMs: () => time.nowMs });
  await queue.send([request(1)], 500);
  await queue.send([request(2), request(3)], 100);
  expect([queue.size, queue.nextDueAtMs, queue.takeDue()]).toEqual([3, 1_100, []]);
  time.nowMs = 1_100;
  expect(queue.takeDue()).toEqual([request(2), request(3)]);
  time.nowMs = 9_000;
  expect([queue.takeDue(), queue.takeDue(), queue.size]).toEqual([[request(1)], [], 0]);
});
