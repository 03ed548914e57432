import { MemoryLedger } from '../../shared/rounds/adapters/memory-ledger.ts';
import { ledgerContract } from './ledger-contract.ts';

ledgerContract('the ledger in memory', async () => {
  const ledger = new MemoryLedger();
  return {
    ledger,
    expiryOf: async (round) => ledger.expiries.get(round.roundId),
    close: async () => undefined,
  };
});
