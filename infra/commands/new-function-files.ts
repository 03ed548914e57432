/** A new route consists of this. It answers with the time, with its path's parameters and with what the body said. */
export interface NewRoute {
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** The path has its parameters in braces. */
  readonly path: string;
}

/** The parameters that the product knows, each with its schema in shared/foundation/ids.ts and a sample. */
const KNOWN: Readonly<Record<string, { readonly schema: string; readonly sample: string }>> = {
  gameCode: { schema: 'GameCode', sample: 'happy-panda' },
  operatorId: { schema: 'OperatorId', sample: 'demo' },
  playerId: { schema: 'PlayerId', sample: 'player123' },
  roundId: { schema: 'RoundId', sample: 'eb7b1981-a000-82db-8000-00013db35133' },
  sessionId: { schema: 'SessionId', sample: '81de1751-f8a8-4a75-b6a7-4aaa6102fc63' },
};
const UNKNOWN = { schema: 'z.string().min(1).max(64)', sample: 'one' };

/** Lists parameters. @returns the names of the parameters in a path */
export function namesOf(path: string): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}

/** Writes a function. @returns the text of each file by its name */
export function filesOfRoute(wanted: NewRoute): Readonly<Record<string, string>> {
  return {
    'function.ts': entry(wanted),
    'schemas.ts': schemas(wanted),
    'handler.ts': handler(wanted),
    'handler.test.ts': test(wanted),
  };
}

function partsOf({ name, path, method }: NewRoute) {
  const words = name.split('-').map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  const pascal = words.join('');
  return {
    pascal,
    constant: `${pascal.charAt(0).toLowerCase()}${pascal.slice(1)}`,
    summary: `${words[0]} ${words.slice(1).join(' ').toLowerCase()}`,
    parameters: namesOf(path),
    hasBody: method === 'POST',
  };
}

/** Bodies spell names so: `playerId` becomes `player_id`. */
function inBody(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function schemaOf(parameter: string): string {
  return (KNOWN[parameter] ?? UNKNOWN).schema;
}

function entry(wanted: NewRoute): string {
  const { pascal, constant, summary, parameters, hasBody } = partsOf(wanted);
  const imported = [
    ...(parameters.length > 0 ? [`${pascal}Path`] : []),
    ...(hasBody ? [`${pascal}Request`] : []),
    `${pascal}Response`,
  ];
  const errors = hasBody ? '[...bodyErrors]' : parameters.length > 0 ? "['INVALID_REQUEST']" : '[]';
  return `${hasBody ? "import { bodyErrors } from '../../_api/route-parts.ts';\n" : ''}\
import type { FunctionEntry } from '../../function-entry.ts';
import { ${imported.join(', ')} } from './schemas.ts';

export const ${constant}: FunctionEntry = {
  name: '${wanted.name}',
  purpose: '${summary}',
  trigger: {
    kind: 'route',
    method: '${wanted.method}',
    path: '${wanted.path}',
    summary: '${summary}',
    callers: 'anybody',
${parameters.length > 0 ? `    pathParameters: ${pascal}Path,\n` : ''}\
    headers: [],
${hasBody ? `    body: ${pascal}Request,\n` : ''}\
    success: { status: 200, description: 'The answer', schema: ${pascal}Response },
    errors: ${errors},
  },
  size: 'query',
  permissions: {},
  settings: [],
};
`;
}

function schemas(wanted: NewRoute): string {
  const { pascal, parameters, hasBody } = partsOf(wanted);
  const ids = parameters.filter((name) => KNOWN[name]).map(schemaOf);
  const path = parameters.map((name) => `${name}: ${schemaOf(name)}`).join(', ');
  const answer = parameters.map((name) => `  ${inBody(name)}: ${schemaOf(name)},\n`).join('');
  return `import * as z from 'zod';
${ids.length > 0 ? `import { ${[...ids].sort().join(', ')} } from '../../../shared/foundation/ids.ts';\n` : ''}
${parameters.length > 0 ? `export const ${pascal}Path = z.strictObject({ ${path} });\n` : ''}\
${hasBody ? `export const ${pascal}Request = z.strictObject({ note: z.string().max(200) });\n` : ''}\
export const ${pascal}Response = z.strictObject({
${answer}${hasBody ? '  note: z.string(),\n' : ''}  answered_at: z.iso.datetime({ precision: 3 }),
});
`;
}

function handler(wanted: NewRoute): string {
  const { pascal, parameters, hasBody } = partsOf(wanted);
  const hasPath = parameters.length > 0;
  const readers = [...(hasBody ? ['bodyOf'] : []), ...(hasPath ? ['pathOf'] : [])];
  const read = [...(hasPath ? [`${pascal}Path`] : []), ...(hasBody ? [`${pascal}Request`] : [])];
  return `import { clock } from '../../_runtime/composition.ts';
import { httpHandler } from '../../_runtime/http-handler.ts';
${readers.length > 0 ? `import { ${readers.join(', ')} } from '../../_runtime/http-request.ts';\n` : ''}\
import { portsOf } from '../../_runtime/ports-of.ts';
${read.length > 0 ? `import { ${read.join(', ')} } from './schemas.ts';\n` : ''}
const ports = portsOf({ clock });

export const handler = httpHandler(async (${readers.length > 0 ? 'event' : ''}) => {
${hasPath ? `  const { ${parameters.join(', ')} } = pathOf(event, ${pascal}Path);\n` : ''}\
${hasBody ? `  const { note } = bodyOf(event, ${pascal}Request);\n` : ''}\
  const answeredAt = new Date(ports().clock.nowMs()).toISOString();
  return {
    status: 200,
    body: { ${[...parameters.map((name) => `${inBody(name)}: ${name}`), ...(hasBody ? ['note'] : []), 'answered_at: answeredAt'].join(', ')} },
  };
});
`;
}

function test(wanted: NewRoute): string {
  const { pascal, parameters, hasBody } = partsOf(wanted);
  const samples = parameters.map((name) => `${name}: '${(KNOWN[name] ?? UNKNOWN).sample}'`).join(', ');
  const answered = [
    ...parameters.map((name) => `${inBody(name)}: '${(KNOWN[name] ?? UNKNOWN).sample}'`),
    ...(hasBody ? ["note: 'hello'"] : []),
  ].join(', ');
  const event = [
    `httpMethod: '${wanted.method}'`,
    `resource: '${wanted.path}'`,
    `pathParameters: ${parameters.length > 0 ? `{ ${samples} }` : 'null'}`,
    ...(hasBody ? ["body: JSON.stringify({ note: 'hello' })"] : []),
  ].join(',\n  ');
  const refusals = [
    ...(parameters.length > 0
      ? [
          refusal(
            'a parameter of the wrong form',
            `pathParameters: { ${parameters.map((name) => `${name}: ' '.repeat(300)`).join(', ')} }`,
          ),
        ]
      : []),
    ...(hasBody
      ? [refusal('a field that it does not know', "body: JSON.stringify({ note: 'hello', unknown: 1 })")]
      : []),
  ];
  return `import { expect, it } from 'vitest';
import { httpEvent, lambdaContext } from '../../_runtime/http-event.fixture.ts';
import { handler } from './handler.ts';
import { ${pascal}Response } from './schemas.ts';

const event = httpEvent({
  ${event},
});

it('${wanted.name} answers in the form that its entry promises', async () => {
  const { statusCode, body } = await handler(event, lambdaContext);
  expect(statusCode).toBe(200);
  const answer = ${pascal}Response.parse(JSON.parse(body));
  expect(answer).toEqual({ ${answered ? `${answered}, ` : ''}answered_at: expect.any(String) });
});
${refusals.map((text) => text.replace('NAME', wanted.name)).join('')}`;
}

function refusal(what: string, change: string): string {
  return `
it('NAME refuses ${what}', async () => {
  const wrong = { ...event, ${change} };
  const { statusCode, body } = await handler(wrong, lambdaContext);
  expect([statusCode, JSON.parse(body).code]).toEqual([400, 'INVALID_REQUEST']);
});
`;
}
