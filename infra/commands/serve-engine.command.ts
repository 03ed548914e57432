import { runCommand } from '../../shared/command-line/adapters/run-command.ts';
import { wholeNumber } from '../../shared/command-line/values.ts';
import { WHEN_UNREACHABLE } from './stage-option.ts';

await runCommand(
  {
    command: 'npm run engine:serve --',
    summary:
      'Serves engines over gRPC until it is stopped. GAME is a folder of engines; with --stage, it is a game or a hash\n' +
      'that the stage has published. All games are served where none is named.',
    arguments: { game: { help: 'The games to serve.', optional: true, multiple: true } },
    options: {
      stage: { value: 'STAGE', help: 'Serves what this stage has published, instead of this checkout.' },
      host: { value: 'HOST', help: 'The address to listen on.', default: '127.0.0.1' },
      port: {
        value: 'PORT',
        help: 'The port to listen on; 0 takes a free one.',
        read: wholeNumber(0, 65_535),
        default: '50052',
      },
      cert: { value: 'FILE', help: 'The TLS certificate of the server, with --key.' },
      key: { value: 'FILE', help: 'The private key of the certificate, with --cert.' },
      plaintext: { help: 'Serves without TLS beyond this machine, in a network of your own.' },
      random: { help: "Serves random bytes of this machine's generator, too." },
    },
    example: 'happy-panda',
    whenUnreachable: WHEN_UNREACHABLE,
  },
  async ({ game, ...options }) => {
    const { serveEngines } = await import('./serve-engine.ts');
    await serveEngines(game, options);
  },
);
