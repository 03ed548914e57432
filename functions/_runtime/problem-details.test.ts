import { describe, expect, it } from 'vitest';
import {
  ConflictError,
  type ErrorCode,
  errorCodes,
  FaultError,
  RequestError,
  RgsError,
  RoundRefusedError,
} from '../../shared/foundation/errors.ts';
import { Problem } from '../_api/responses.ts';
import { asRgsError, problemReply, statusOf } from './problem-details.ts';
import { ids } from '../../shared/foundation/ids.fixture.ts';

/** An error with any code of the catalogue, whatever its kind. */
class AnyError extends RgsError {
  override readonly name = 'AnyError';
}

const problemOf = (error: RgsError) => Problem.parse(JSON.parse(problemReply(error).body));

describe('every error code', () => {
  it('has a status, and no code has one that does not exist', () => {
    expect(Object.keys(statusOf).sort()).toEqual([...errorCodes].sort());
  });

  it.each(errorCodes)('%s makes a problem of the documented form', (code: ErrorCode) => {
    const { statusCode, headers } = problemReply(new AnyError(code, 'What was wrong'));
    expect(headers['content-type']).toBe('application/problem+json');
    expect(statusCode).toBeGreaterThanOrEqual(400);
    expect(statusCode).toBeLessThan(600);
    const problem = problemOf(new AnyError(code, 'What was wrong'));
    expect(problem).toMatchObject({ status: statusCode, code, type: `urn:serverless-rgs:problem:${code}` });
    expect(problem.title).toMatch(/^[A-Z][a-z0-9]*( [a-z0-9]+)*$/);
  });

  it('has a status that tells clients and proxies so where a repetition may succeed', () => {
    const retryable = errorCodes.filter((code) => new AnyError(code, '').retryable);
    expect(retryable.map((code) => statusOf[code]).every((status) => status === 503 || status === 409)).toBe(
      true,
    );
  });
});

describe('a problem', () => {
  it('tells the caller what was wrong', () => {
    expect(problemOf(new RequestError('BET_NOT_OFFERED', 'A bet of 3.00 EUR is not offered'))).toEqual({
      type: 'urn:serverless-rgs:problem:BET_NOT_OFFERED',
      title: 'Bet not offered',
      status: 422,
      code: 'BET_NOT_OFFERED',
      detail: 'A bet of 3.00 EUR is not offered',
      retryable: false,
    });
  });

  it('tells the caller nothing where the fault is our own', () => {
    const fault = new FaultError('CORRUPT_RECORD', 'The item rgs#secret is broken', {
      cause: new Error('deep inside'),
    });
    const { body, statusCode } = problemReply(fault);
    expect(statusCode).toBe(500);
    expect(body).not.toMatch(/secret|broken|deep/);
  });

  it('names its round', () => {
    const roundId = '3f1c2a4e-0b1d-8c5e-8f90-a1b2c3d4e5f6';
    expect(
      problemOf(new RoundRefusedError('ROUND_VOIDED', 'Voided', { roundId: ids.round(roundId) })).round_id,
    ).toBe(roundId);
  });

  it('tells the number of the next round where it knows it', () => {
    const stale = new ConflictError('ROUND_NUMBER_STALE', 'Stale', { nextRoundNumber: 12 });
    expect(problemOf(stale)).toMatchObject({ status: 409, retryable: false, next_round_number: 12 });
    expect(problemOf(new ConflictError('ROUND_IN_FLIGHT', 'Busy'))).not.toHaveProperty('next_round_number');
  });

  it('tells the bet to which the state of the game belongs', () => {
    const boundTo = { betAmount: '0.10', currency: 'EUR' };
    expect(problemOf(new ConflictError('STATE_BOUND_TO_BET', 'Bound', { boundTo }))).toMatchObject({
      status: 409,
      retryable: false,
      bound_to: { bet_amount: '0.10', currency: 'EUR' },
    });
  });

  it('lists what was wrong with the request', () => {
    const flaws = [{ at: '/bet_amount', message: 'expected a string' }];
    expect(problemOf(new RequestError('INVALID_REQUEST', 'Wrong', { flaws })).errors).toEqual(flaws);
  });

  it.each([
    [1, '1'],
    [1_000, '1'],
    [1_001, '2'],
  ])('asks to wait %d ms in whole seconds, and never less', (retryAfterMs, header) => {
    const reply = problemReply(new ConflictError('ROUND_IN_FLIGHT', 'In flight', { retryAfterMs }));
    expect(reply.headers['retry-after']).toBe(header);
  });

  it('asks for no wait where none is known', () => {
    expect(problemReply(new RequestError('INVALID_JSON', 'Wrong')).headers).not.toHaveProperty('retry-after');
  });
});

describe('a thrown error', () => {
  it('is answered as it is where it is one of our errors', () => {
    const error = new RequestError('INVALID_JSON', 'Wrong');
    expect(asRgsError(error)).toBe(error);
  });

  it.each([new TypeError('x is not a function'), 'text', undefined, null, { code: 'INVALID_JSON' }])(
    'is an internal error where it is anything else: %s',
    (thrown) => {
      const error = asRgsError(thrown);
      expect(error).toMatchObject({ code: 'INTERNAL_ERROR', retryable: false });
      expect(error.cause).toBe(thrown === undefined ? undefined : thrown);
    },
  );
});
