import { roundIdOf } from '../../shared/rounds/round-address.ts';
import { createDecipheriv, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { KmsCipher } from '../../shared/encryption/adapters/cipher.ts';
import { systemRandom } from '../../shared/aws/random.ts';
import { sealOpening } from '../../shared/rounds/round-opening.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

/** Opens what is sealed as docs/rounds.md tells an auditor to, with nothing of this project's own code. */
function openByThePage(sealed: Buffer, dataKey: Buffer, context: string): Buffer {
  const key = Buffer.from(hkdfSync('sha256', dataKey, '', context, 32));
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(5, 17));
  decipher.setAAD(Buffer.concat([sealed.subarray(0, 5), Buffer.from(context)]));
  decipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(17, -16)), decipher.final()]);
}

it('what is sealed in a record opens by the steps of docs/rounds.md', async () => {
  const dataKey = randomBytes(32);
  const key = createSecretKey(dataKey);
  const keys = { current: async () => ({ keyId: 202_611, key }), byId: async () => key };
  const log = {
    operatorId: ids.operator('demo'),
    playerId: ids.player('player123'),
    gameCode: ids.game('happy-panda'),
  };
  const roundId = roundIdOf(log, 42, Date.UTC(2026, 10, 30));
  const start = { seed: randomBytes(32), state: Buffer.from('the state') };

  const sealed = Buffer.from(
    await sealOpening(new KmsCipher(keys, systemRandom), { log, number: 42, roundId }, start),
  );

  expect(sealed.readUInt8(0)).toBe(1);
  expect(sealed.readUInt32BE(1)).toBe(202_611);
  const opened = openByThePage(sealed, dataKey, `demo#player123#happy-panda#42#${roundId}#start`);
  expect(opened.subarray(0, 32)).toEqual(start.seed);
  expect(opened.subarray(32)).toEqual(start.state);
});
