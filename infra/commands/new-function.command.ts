import { runCommand } from '../../shared/command-line/adapters/run-command.ts';
import { matching, oneOf } from '../../shared/command-line/values.ts';

await runCommand(
  {
    command: 'npm run function:new --',
    summary: 'Makes a function that serves a route: its entry, its schemas, its handler and its test.',
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
      method: {
        value: 'METHOD',
        help: 'GET, POST or DELETE.',
        read: oneOf('GET', 'POST', 'DELETE'),
        default: 'GET',
      },
      path: {
        value: 'PATH',
        help: 'The path, with its parameters in braces.',
        read: matching(
          /^\/api\/v1(?:\/(?:[a-z0-9.-]+|\{[a-z][A-Za-z0-9]*\}))+$/,
          'a path such as /api/v1/players/{playerId}',
        ),
        required: true,
      },
    },
    example: 'block-player --room sessions --method POST --path /api/v1/players/{playerId}/block',
  },
  async (wanted) => {
    const { newFunction } = await import('./new-function.ts');
    const folder = await newFunction(wanted);
    console.log(`${folder} serves ${wanted.method} ${wanted.path}. Its handler says what it answers.`);
  },
);
