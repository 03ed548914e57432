import { MemoryLedger } from '../../shared/rounds/adapters/memory-ledger.ts';
import { MemoryRecoveryMarks } from '../../shared/rounds/adapters/memory-recovery-marks.ts';
import { openMacs } from '../../shared/encryption/macs.fixture.ts';
import { RoundMacs } from '../../shared/rounds/round-macs.ts';
import { ledgerContract } from './ledger-contract.ts';

ledgerContract('the ledger in memory', async () => {
  const ledger = new MemoryLedger(new RoundMacs(openMacs));
  return {
    ledger,
    pages: ledger,
    marks: new MemoryRecoveryMarks(ledger),
    expiryOf: async (round) => ledger.expiries.get(round.roundId),
    close: async () => undefined,
  };
});
