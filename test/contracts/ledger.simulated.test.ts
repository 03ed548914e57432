import { documentClient } from '../../shared/aws/document-client.ts';
import { servedBy } from '../simulation/json-service.ts';
import { MemoryTable } from '../simulation/memory-table.ts';
import { ledgerOn } from './dynamodb-ledger.ts';
import { ledgerContract } from './ledger-contract.ts';

ledgerContract("the ledger's adapter on the simulation's table", async () => {
  const table = new MemoryTable();
  const client = documentClient(servedBy(({ operation, input }) => table.serve(operation, input)));
  return ledgerOn(client, 'ledger', async () => client.destroy());
});
