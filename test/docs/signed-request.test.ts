import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { fences, page } from './pages.ts';

it('the signed request of docs/wallet-api.md has the signature that the page asks for', () => {
  const wallet = page('docs/wallet-api.md');
  const [request = ''] = fences(wallet, 'http');
  const [head = '', body = ''] = request.trimEnd().split('\n\n');
  const [line = '', ...headers] = head.split('\n');
  const value = new Map(headers.map((header) => header.split(': ') as [string, string]));
  const [, secret = ''] = /whole signed request, with the secret `([^`]+)`/.exec(wallet.text) ?? [];
  const [method, path] = line.split(' ');
  const signed = [value.get('X-RGS-Timestamp'), value.get('X-RGS-Operator'), method, path, body].join('.');

  expect(JSON.parse(body)).toMatchObject({ amount: '1.50', currency: 'EUR' });
  expect(value.get('X-RGS-Signature')).toBe(
    `v1=${createHmac('sha256', secret).update(signed).digest('hex')}`,
  );
});
