import { systemClock } from '../../shared/aws/clock.ts';
import { documentClient } from '../../shared/aws/document-client.ts';
import { DynamoLedger } from '../../shared/rounds/adapters/ledger.ts';
import { DynamoRoundPages } from '../../shared/rounds/adapters/round-pages.ts';
import { RoundMacs } from '../../shared/rounds/round-macs.ts';
import type { Deployment } from './deployment.ts';
import { macsOf } from './stage-tables.ts';

/** Opens the ledger of a stage. It needs the data key, because every round that is read has its MAC checked. */
export function ledgerOf(deployment: Deployment): DynamoLedger {
  const macs = roundMacsOf(deployment);
  return new DynamoLedger(documentClient(), deployment.outputs.LedgerTable, macs, systemClock);
}

export function roundPagesOf(deployment: Deployment): DynamoRoundPages {
  return new DynamoRoundPages(documentClient(), deployment.outputs.LedgerTable, roundMacsOf(deployment));
}

export function roundMacsOf(deployment: Deployment): RoundMacs {
  return new RoundMacs(macsOf(deployment));
}
