import { expect, it } from 'vitest';
import { portsOf } from './ports-of.ts';

it('Ports have the names that a function gives them, and the types of their makers', () => {
  const ports = portsOf({ clock: () => ({ nowMs: () => 5 }), books: () => 'the books' });
  const { clock, books }: { clock: { nowMs: () => number }; books: string } = ports();
  expect([clock.nowMs(), books]).toEqual([5, 'the books']);
  // @ts-expect-error: the function did not name this port.
  expect(ports().ledger).toBeUndefined();
});

it('No port is made before a request asks for it', () => {
  const ports = portsOf({
    ledger: () => {
      throw new Error('LEDGER_TABLE is missing');
    },
  });
  expect(() => ports()).toThrow('LEDGER_TABLE is missing');
});
