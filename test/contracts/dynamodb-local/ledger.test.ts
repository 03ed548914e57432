import { openDynamoLedger } from '../dynamodb-ledger.ts';
import { ledgerContract } from '../ledger-contract.ts';
import { startDynamoDbLocal } from '../start-dynamodb.ts';

ledgerContract("the ledger on AWS's DynamoDB Local", () => openDynamoLedger(startDynamoDbLocal));
