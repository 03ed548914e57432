import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentClient } from '../../shared/aws/document-client.ts';
import { codeOf, Player } from './client.ts';
import { withOwnOperator } from './operators.ts';
import { type Target, target } from './target.ts';

/** An insider with the AWS SDK, who can write the tables and not use the data keys. */
const insider = documentClient({
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  endpoint: target().environment['AWS_ENDPOINT_URL_DYNAMODB'] ?? '',
});

let theirs: Server;
let calls = 0;

beforeAll(async () => {
  theirs = createServer((_, response) => {
    calls += 1;
    response.end('{}');
  });
  theirs.listen(0, '127.0.0.1');
  await once(theirs, 'listening');
});
afterAll(() => {
  insider.destroy();
  theirs.close();
});

/** No other file knows this operator, so no process that plays has read it before its first spin. */
async function opened(): Promise<{ operator: Target; player: Player }> {
  const operator = await withOwnOperator(target());
  return { operator, player: await Player.open(operator) };
}

describe('the wallet whose address somebody wrote into the table', () => {
  it('is not called, and the spin is refused before money moves', async () => {
    const { operator, player } = await opened();
    const { port } = theirs.address() as AddressInfo;
    await insider.send(
      new UpdateCommand({
        TableName: target().outputs['ConfigTable'],
        Key: { pk: `operator#${operator.operatorId}`, sk: 'operator' },
        UpdateExpression: 'SET wallets[0].walletUrl = :url',
        ExpressionAttributeValues: { ':url': `http://127.0.0.1:${port}` },
      }),
    );
    const refused = await player.spin();
    expect([refused.status, codeOf(refused)]).toEqual([500, 'CORRUPT_RECORD']);
    expect(await player.rounds()).toEqual([]);
    expect(calls).toBe(0);
  });
});

describe('the session that somebody gave to another player', () => {
  it('plays nothing', async () => {
    const { player } = await opened();
    const other = await Player.open(player.target);
    await insider.send(
      new UpdateCommand({
        TableName: target().outputs['SessionsTable'],
        Key: { pk: `session#${player.sessionId}`, sk: 'session' },
        UpdateExpression: 'SET playerId = :other',
        ExpressionAttributeValues: { ':other': other.playerId },
      }),
    );
    expect(codeOf(await player.spin())).toBe('CORRUPT_RECORD');
    expect(await other.rounds()).toEqual([]);
  });
});
