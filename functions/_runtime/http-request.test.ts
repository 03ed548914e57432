import type { APIGatewayProxyEvent } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { RequestError } from '../../shared/foundation/errors.ts';
import { httpEvent } from './http-event.fixture.ts';
import { bodyOf, headersOf, pathOf, queryOf } from './http-request.ts';

const LIMIT_BYTES = 16 * 1024;
const Text = z.strictObject({ text: z.string() });

function refusalOf(read: () => unknown): RequestError {
  try {
    read();
  } catch (error) {
    if (error instanceof RequestError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

const withBody = (body: string | null, overrides: Partial<APIGatewayProxyEvent> = {}) =>
  httpEvent({ body, ...overrides });
const inBase64 = (bytes: Uint8Array | string) =>
  withBody(Buffer.from(bytes).toString('base64'), { isBase64Encoded: true });

/** Makes `{"text":"…"}` of exactly so many bytes. Nearly all of them belong to two-byte letters. */
function jsonOfBytes(bytes: number): string {
  const frame = Buffer.byteLength('{"text":""}');
  const letters = Math.floor((bytes - frame) / 2);
  return `{"text":"${'ä'.repeat(letters)}${'a'.repeat(bytes - frame - 2 * letters)}"}`;
}

describe('a header', () => {
  it.each(['X-Operator-Key', 'x-operator-key', 'X-OPERATOR-KEY'])(
    'is found however its name is written: %s',
    (name) => {
      expect(headersOf(httpEvent({ headers: { [name]: 'value' } })).get('x-operator-key')).toBe('value');
    },
  );

  it('keeps its value as it is', () => {
    expect(headersOf(httpEvent({ headers: { 'X-Operator-Key': ' MiXed ' } })).get('x-operator-key')).toBe(
      ' MiXed ',
    );
  });

  it('is absent where it has no value', () => {
    expect(headersOf(httpEvent({ headers: { 'x-operator-key': undefined } })).has('x-operator-key')).toBe(
      false,
    );
  });

  it('is not found where API Gateway sends none at all', () => {
    const none = { headers: null } as unknown as Partial<APIGatewayProxyEvent>;
    expect(headersOf(httpEvent(none)).size).toBe(0);
  });

  it.each(['Content-Type', 'Idempotency-Key', 'Round-Number', 'X-Operator-Key', 'X-Session-Id'])(
    'is refused where it is given twice although a request has it once: %s',
    (name) => {
      const twice = [
        { multiValueHeaders: { [name]: ['a', 'b'] }, headers: { [name]: 'b' } },
        { headers: { [name]: 'a', [name.toLowerCase()]: 'b' } },
      ];
      for (const request of twice) {
        const refusal = refusalOf(() => headersOf(httpEvent(request)));
        expect([refusal.code, refusal.flaws[0]?.at]).toEqual([
          'INVALID_REQUEST',
          `header/${name.toLowerCase()}`,
        ]);
      }
      const once = { multiValueHeaders: { [name]: ['a'] }, headers: { [name]: 'a' } };
      expect(headersOf(httpEvent(once)).get(name.toLowerCase())).toBe('a');
    },
  );

  it('may be given many times where proxies add it', () => {
    const headers = { 'X-Forwarded-For': '10.0.0.2' };
    const event = httpEvent({ headers, multiValueHeaders: { 'X-Forwarded-For': ['10.0.0.1', '10.0.0.2'] } });
    expect(headersOf(event).get('x-forwarded-for')).toBe('10.0.0.2');
  });

  it('may have the name of a property that every object has', () => {
    expect(headersOf(httpEvent({ headers: {} })).get('constructor')).toBeUndefined();
    expect(headersOf(httpEvent({ headers: { Constructor: 'x' } })).get('constructor')).toBe('x');
  });
});

describe('a body', () => {
  it('is read whether it comes as text or in base64', () => {
    expect(bodyOf(withBody('{"text":"ä"}'), Text)).toEqual({ text: 'ä' });
    expect(bodyOf(inBase64('{"text":"ä"}'), Text)).toEqual({ text: 'ä' });
  });

  it('is read as it was written, whatever its text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 500 }), (text) => {
        const json = JSON.stringify({ text });
        expect(bodyOf(withBody(json), Text)).toEqual({ text });
        expect(bodyOf(inBase64(json), Text)).toEqual({ text });
      }),
    );
  });

  it('is measured in bytes, not in letters', () => {
    const [fits, tooLarge] = [jsonOfBytes(LIMIT_BYTES), jsonOfBytes(LIMIT_BYTES + 1)];
    expect(tooLarge.length).toBeLessThan(LIMIT_BYTES);
    for (const wrap of [withBody, inBase64]) {
      expect(bodyOf(wrap(fits), Text).text.length).toBeGreaterThan(8_000);
      expect(refusalOf(() => bodyOf(wrap(tooLarge), Text)).code).toBe('BODY_TOO_LARGE');
    }
  });

  it('is not parsed at all where it is too large', () => {
    expect(refusalOf(() => bodyOf(withBody('{'.repeat(LIMIT_BYTES + 1)), Text)).code).toBe('BODY_TOO_LARGE');
  });

  it.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    ' application/json ;x=y',
  ])('is accepted as %s', (type) => {
    expect(bodyOf(withBody('{"text":""}', { headers: { 'Content-Type': type } }), Text)).toEqual({
      text: '',
    });
  });

  it.each(['text/plain', 'application/jsonp', 'application/problem+json', ''])(
    'is not accepted as "%s"',
    (type) => {
      const event = withBody('{"text":""}', { headers: { 'content-type': type } });
      expect(refusalOf(() => bodyOf(event, Text)).code).toBe('UNSUPPORTED_MEDIA_TYPE');
    },
  );

  it('is not accepted without a type', () => {
    expect(refusalOf(() => bodyOf(withBody('{"text":""}', { headers: {} }), Text)).code).toBe(
      'UNSUPPORTED_MEDIA_TYPE',
    );
  });

  it.each([null, '', '{', '{"text":}', "{'text':''}", '\u{feff}', 'NaN'])(
    'is refused where it is no JSON: %s',
    (body) => {
      expect(refusalOf(() => bodyOf(withBody(body), Text)).code).toBe('INVALID_JSON');
    },
  );

  it.each([
    '{"text":"1.00","text":"1.00"}',
    '{"text":"1.00","te\\u0078t":"2.00"}',
    '{"text":"1.00","more":{"a":1,"a":2}}',
    '{"text":"1.00","more":[[{"a":1,"b":{},"a":2}]]}',
    '{"__proto__":1,"__proto__":2,"text":"1.00"}',
  ])('is refused with a name given twice, because other readers read it differently: %s', (body) => {
    expect(refusalOf(() => bodyOf(withBody(body), Text)).code).toBe('INVALID_JSON');
  });

  it.each(['*eyJ0ZXh0IjoiIn0=', 'eyJ0ZXh0\nIjoiIn0=', 'eyJ0ZXh0IjoiIn0', 'eyJ0ZXh0IjoiIn0=ä', '{"text":""}'])(
    'is refused where it is announced as base64 and is none: %s',
    (body) => {
      const refusal = refusalOf(() => bodyOf(withBody(body, { isBase64Encoded: true }), Text));
      expect(refusal.code).toBe('INVALID_JSON');
    },
  );

  it('is refused with half a character in it', () => {
    expect(refusalOf(() => bodyOf(withBody('{"text":"\ud800"}'), Text)).code).toBe('INVALID_JSON');
  });

  it('is refused where it is no UTF-8', () => {
    const latin1 = Buffer.concat([Buffer.from('{"text":"'), Buffer.from([0xe4]), Buffer.from('"}')]);
    expect(refusalOf(() => bodyOf(inBase64(latin1), Text)).code).toBe('INVALID_JSON');
  });

  it.each(['null', '[]', '1', '{}', '{"text":1}', '{"text":"","more":1}'])(
    'is refused in another form: %s',
    (body) => {
      const refusal = refusalOf(() => bodyOf(withBody(body), Text));
      expect(refusal.code).toBe('INVALID_REQUEST');
      expect(refusal.flaws.length).toBeGreaterThan(0);
    },
  );

  it('is refused with the place of each flaw, up to as many as a person reads', () => {
    const Many = z.strictObject({ list: z.array(z.string()) });
    const { flaws } = refusalOf(() => bodyOf(withBody(JSON.stringify({ list: [0, 'fine', 2] })), Many));
    expect(flaws.map(({ at }) => at)).toEqual(['/list/0', '/list/2']);
    const all = refusalOf(() => bodyOf(withBody(JSON.stringify({ list: Array(100).fill(0) })), Many));
    expect(all.flaws).toHaveLength(8);
  });

  it('is refused in few words, whatever it holds', () => {
    const name = 'n'.repeat(10_000);
    const { flaws } = refusalOf(() => bodyOf(withBody(JSON.stringify({ text: '', [name]: 1 })), Text));
    expect(JSON.stringify(flaws).length).toBeLessThan(300);
  });
});

describe('the path and the query', () => {
  const Path = z.strictObject({ gameCode: z.string().regex(/^[a-z]+$/) });
  const Query = z.strictObject({ limit: z.coerce.number().int().default(20) });

  it('are read against their schemas', () => {
    expect(pathOf(httpEvent({ pathParameters: { gameCode: 'panda' } }), Path)).toEqual({ gameCode: 'panda' });
    expect(queryOf(httpEvent({ queryStringParameters: { limit: '5' } }), Query)).toEqual({ limit: 5 });
  });

  it('may be absent where nothing in them is required', () => {
    expect(queryOf(httpEvent({ queryStringParameters: null }), Query)).toEqual({ limit: 20 });
  });

  it('are refused where a parameter is given twice, also with the same value', () => {
    for (const limit of [
      ['1', '5'],
      ['5', '5'],
    ]) {
      const event = httpEvent({
        queryStringParameters: { limit: '5' },
        multiValueQueryStringParameters: { limit },
      });
      const refusal = refusalOf(() => queryOf(event, Query));
      expect([refusal.code, refusal.flaws]).toEqual([
        'INVALID_REQUEST',
        [{ at: 'query/limit', message: 'given more than once' }],
      ]);
    }
    const once = { limit: '5' };
    const event = httpEvent({
      queryStringParameters: once,
      multiValueQueryStringParameters: { limit: ['5'] },
    });
    expect(queryOf(event, Query)).toEqual({ limit: 5 });
  });

  it('are refused with the place of the flaw', () => {
    const path = refusalOf(() => pathOf(httpEvent({ pathParameters: null }), Path));
    expect([path.code, path.flaws.map(({ at }) => at)]).toEqual(['INVALID_REQUEST', ['path/gameCode']]);
    const query = refusalOf(() => queryOf(httpEvent({ queryStringParameters: { limit: 'x' } }), Query));
    expect([query.code, query.flaws.map(({ at }) => at)]).toEqual(['INVALID_REQUEST', ['query/limit']]);
  });
});
