import { afterEach, describe, expect, it, vi } from 'vitest';
import { setting } from './environment.ts';

afterEach(() => void vi.unstubAllEnvs());

const misconfigured = (name: string) =>
  expect.objectContaining({ code: 'MISCONFIGURED', message: expect.stringContaining(name) });

describe('a setting', () => {
  it('is read in its own type', () => {
    vi.stubEnv('LEDGER_TABLE', 'rgs-ledger');
    vi.stubEnv('ROUND_LEASE_MS', '30000');
    vi.stubEnv('RECOVERY_QUEUE_URL', 'http://127.0.0.1:4566/000000000000/recovery');
    expect(setting('LEDGER_TABLE')).toBe('rgs-ledger');
    expect(setting('ROUND_LEASE_MS')).toBe(30_000);
    expect(setting('RECOVERY_QUEUE_URL')).toBe('http://127.0.0.1:4566/000000000000/recovery');
  });

  it.each(['LEDGER_TABLE', 'ROUND_LEASE_MS', 'RECOVERY_QUEUE_URL'] as const)(
    'stops the function where it is missing or empty: %s',
    (name) => {
      vi.stubEnv(name, undefined);
      expect(() => setting(name)).toThrow(misconfigured(name));
      vi.stubEnv(name, '');
      expect(() => setting(name)).toThrow(misconfigured(name));
    },
  );

  it.each(['0', '-1', '1.5', 'soon', 'NaN', 'Infinity', '30s', '3e4', '0x7530', ' 30000', '030000'])(
    'is refused as a time where it is "%s"',
    (value) => {
      vi.stubEnv('ROUND_LEASE_MS', value);
      expect(() => setting('ROUND_LEASE_MS')).toThrow(misconfigured('ROUND_LEASE_MS'));
    },
  );

  it('is refused as an address where it is none', () => {
    vi.stubEnv('PARKING_QUEUE_URL', 'parking');
    expect(() => setting('PARKING_QUEUE_URL')).toThrow(misconfigured('PARKING_QUEUE_URL'));
  });

  it('is named without its value where it is wrong', () => {
    vi.stubEnv('PARKING_QUEUE_URL', 'pass word');
    expect(() => setting('PARKING_QUEUE_URL')).not.toThrow(/pass word/);
  });
});
