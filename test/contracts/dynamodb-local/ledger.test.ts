import { openDynamoLedger } from '../dynamodb-ledger.ts';
import { ledgerContract } from '../ledger-contract.ts';
import { startDynamoDbLocal } from '../../../shared/aws/dynamodb.fixture.ts';

ledgerContract("the ledger on AWS's DynamoDB Local", () => openDynamoLedger(startDynamoDbLocal));
