import { runCommand } from '../../shared/command-line/adapters/run-command.ts';
import { matching, oneOf } from '../../shared/command-line/values.ts';

await runCommand(
  {
    command: 'npm run function:new --',
    summary: 'Makes a function: its entry, its schemas, its handler and its test.',
    arguments: {
      name: {
        help: 'A verb and a noun, such as block-player.',
        read: matching(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$/, 'lower-case words with single "-" between'),
      },
    },
    options: {
      room: {
        value: 'ROOM',
        help: 'The room of shared/ that has its use case.',
        required: true,
      },
      trigger: {
        value: 'TRIGGER',
        help: 'What starts it: route, daily or domain-events.',
        read: oneOf('route', 'daily', 'domain-events'),
        default: 'route',
      },
      method: {
        value: 'METHOD',
        help: 'The method of its route: GET, POST or DELETE.',
        read: oneOf('GET', 'POST', 'DELETE'),
        default: 'GET',
      },
      path: {
        value: 'PATH',
        help: 'The path of its route, with parameters in braces.',
        read: matching(
          /^\/api\/v1(?:\/(?:[a-z0-9.-]+|\{[a-z][A-Za-z0-9]*\}))+$/,
          'a path such as /api/v1/players/{playerId}',
        ),
      },
    },
    example: 'block-player --room sessions --method POST --path /api/v1/players/{playerId}/block',
  },
  async ({ name, room, trigger, method, path }) => {
    if (trigger === 'route' && path === undefined) throw new Error('--path is missing: a route has one');
    if (trigger !== 'route' && path !== undefined)
      throw new Error(`--path is for a route, not for ${trigger}`);
    const { newFunction } = await import('./new-function.ts');
    const wanted = trigger === 'route' ? { kind: trigger, method, path: path ?? '' } : { kind: trigger };
    const folder = await newFunction({ name, room, trigger: wanted });
    console.log(`${folder} is a function. Its handler says what it does.`);
  },
);
