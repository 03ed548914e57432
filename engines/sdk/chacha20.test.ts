import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileRandomProbe, opensslKeyStream, type RandomProbe } from './random.fixture.ts';

let probe: RandomProbe;
beforeAll(async () => {
  probe = await compileRandomProbe();
});

interface Vector {
  readonly section: string;
  readonly key: string;
  readonly counter: number;
  readonly nonce: string;
  readonly block: string;
}

const zeroKey = '00'.repeat(32);
const countingKey = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';

const vectors: readonly Vector[] = [
  {
    section: '2.3.2',
    key: countingKey,
    counter: 1,
    nonce: '000000090000004a00000000',
    block:
      '10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e' +
      'd2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e',
  },
  {
    section: 'A.1, number 1',
    key: zeroKey,
    counter: 0,
    nonce: '000000000000000000000000',
    block:
      '76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7' +
      'da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586',
  },
  {
    section: 'A.1, number 2',
    key: zeroKey,
    counter: 1,
    nonce: '000000000000000000000000',
    block:
      '9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed' +
      '29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f',
  },
  {
    section: 'A.1, number 3',
    key: `${'00'.repeat(31)}01`,
    counter: 1,
    nonce: '000000000000000000000000',
    block:
      '3aeb5224ecf849929b9d828db1ced4dd832025e8018b8160b82284f3c949aa5a' +
      '8eca00bbb4a73bdad192b5c42f73f2fd4e273644c8b36125a64addeb006c13a0',
  },
  {
    section: 'A.1, number 4',
    key: `00ff${'00'.repeat(30)}`,
    counter: 2,
    nonce: '000000000000000000000000',
    block:
      '72d54dfbf12ec44b362692df94137f328fea8da73990265ec1bbbea1ae9af0ca' +
      '13b25aa26cb4a648cb9b9d1be65b2c0924a66c54d545ec1b7374f4872e99f096',
  },
  {
    section: 'A.1, number 5',
    key: zeroKey,
    counter: 0,
    nonce: '000000000000000000000002',
    block:
      'c2c64d378cd536374ae204b9ef933fcd1a8b2288b3dfa49672ab765b54ee27c7' +
      '8a970e0e955c14f3a88e741b97c286f75f8fc299e8148362fa198a39531bed6d',
  },
];

describe('the ChaCha20 block function', () => {
  it.each(vectors)('gives the block of RFC 8439, $section', ({ key, counter, nonce, block }) => {
    const words = wordsOf(Buffer.from(nonce, 'hex'));
    expect(hex(probe.block(Buffer.from(key, 'hex'), counter, words))).toBe(block);
  });

  it("gives OpenSSL's key stream for any key, counter and nonce", () => {
    const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
    fc.assert(
      fc.property(bytes(32), fc.nat(0xffff_ffff), bytes(12), (key, counter, nonce) => {
        expect(hex(probe.block(key, counter, wordsOf(nonce)))).toBe(
          hex(opensslKeyStream(key, counter, nonce, 64)),
        );
      }),
    );
  });
});

function wordsOf(nonce: Uint8Array): [number, number, number] {
  const view = new DataView(nonce.buffer, nonce.byteOffset, nonce.length);
  return [view.getUint32(0, true), view.getUint32(4, true), view.getUint32(8, true)];
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
