import { expect, it } from 'vitest';
import { signatureHeaders } from './wallet-signature.ts';
import { ids } from '../../foundation/ids.fixture.ts';

const request = {
  path: '/wallet/debit',
  operatorId: ids.operator('demo'),
  timestampMs: 1_700_000_000_000,
  body: new TextEncoder().encode('{"amount":"1.00"}'),
};

it('The signature of the test vector in docs/wallet-api.md comes out', () => {
  expect(signatureHeaders('correct horse battery staple', request)).toEqual({
    'x-rgs-operator': 'demo',
    'x-rgs-timestamp': '1700000000000',
    'x-rgs-signature': 'v1=be6e0e1a67efe35fd426696c109e61a04bd82f63752d7d41faffbfc2afaa187e',
  });
});

it('The signature is the same whether the key comes as text or as its bytes', () => {
  const key = 'a key with an umlaut: ü';
  expect(signatureHeaders(new TextEncoder().encode(key), request)).toEqual(signatureHeaders(key, request));
});

it.each([
  ['path', { path: '/wallet/rollback' }],
  ['operator', { operatorId: ids.operator('demo2') }],
  ['timestamp', { timestampMs: 1_700_000_000_001 }],
  ['body', { body: new TextEncoder().encode('{"amount":"1.01"}') }],
])('The signature differs with the %s', (_, difference) => {
  const sign = (signed: typeof request) => signatureHeaders('a secret', signed)['x-rgs-signature'];
  expect(sign({ ...request, ...difference })).not.toBe(sign(request));
});
