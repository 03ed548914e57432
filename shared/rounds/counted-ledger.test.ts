import { describe, expect, it } from 'vitest';
import { countedLedger } from './counted-ledger.ts';
import type { Ledger } from './ledger.ts';
import type { NewRound, Round, RoundStatus } from './round.ts';
import { sampleIntent, sampleOutcome } from './sample-round.fixture.ts';

const { status: _, ...started } = sampleIntent();
const outcome = sampleOutcome();
const rounds: Readonly<Record<RoundStatus, Round>> = {
  INTENT: { ...started, status: 'INTENT' },
  COMMITTED: { ...started, status: 'COMMITTED', outcome },
  CREDITED: { ...started, status: 'CREDITED', outcome },
  REJECTED: { ...started, status: 'REJECTED', refusal: 'LIMIT_REACHED' },
  FAILED: { ...started, status: 'FAILED', failure: 'ENGINE_TRAP' },
  VOIDING: { ...started, status: 'VOIDING', reason: 'DEBIT_UNKNOWN' },
  VOIDED: { ...started, status: 'VOIDED', reason: 'DEBIT_UNKNOWN' },
};

async function countedBy(to: RoundStatus, from: RoundStatus, isSaved = true): Promise<string[]> {
  const counted: string[] = [];
  const saved = isSaved ? rounds[to] : undefined;
  const ledger = { save: async () => saved } as unknown as Ledger;
  const telemetry = { count: (event: string) => void counted.push(event), warn: () => undefined };
  expect(await countedLedger(ledger, telemetry).save(rounds[to], rounds[from])).toBe(saved);
  return counted;
}

describe('A counted ledger', () => {
  it.each([
    ['COMMITTED', 'INTENT', ['RoundCommitted']],
    ['CREDITED', 'INTENT', ['RoundCommitted']],
    ['CREDITED', 'COMMITTED', []],
    ['REJECTED', 'INTENT', ['RoundRejected']],
    ['FAILED', 'INTENT', ['RoundFailed']],
    ['VOIDED', 'VOIDING', ['RoundVoided']],
    ['VOIDING', 'INTENT', []],
    ['INTENT', 'INTENT', []],
  ] as const)('A round that becomes %s from %s is counted as %j', async (to, from, events) => {
    expect(await countedBy(to, from)).toEqual(events);
  });

  it('A bonus action is counted by the write that begins it', async () => {
    const counted: string[] = [];
    const ledger = { append: async () => ({ appended: true, round: rounds.COMMITTED }) } as unknown as Ledger;
    const telemetry = { count: (event: string) => void counted.push(event), warn: () => undefined };
    await countedLedger(ledger, telemetry).append(rounds.COMMITTED as NewRound);
    expect(counted).toEqual(['RoundCommitted']);
  });

  it('Nothing is counted where another actor has moved the round on', async () => {
    expect(await countedBy('COMMITTED', 'INTENT', false)).toEqual([]);
  });
});
