import { openDynamoLedger } from './dynamodb-ledger.ts';
import { ledgerContract } from './ledger-contract.ts';
import { startDynoxide } from '../../shared/aws/dynamodb.fixture.ts';

ledgerContract('the ledger on the embedded DynamoDB', () => openDynamoLedger(startDynoxide));
