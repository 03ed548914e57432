import { openDynamoLedger } from './dynamodb-ledger.ts';
import { ledgerContract } from './ledger-contract.ts';
import { startDynoxide } from './start-dynamodb.ts';

ledgerContract('the ledger on the embedded DynamoDB', () => openDynamoLedger(startDynoxide));
