import { runCommand } from '../../shared/command-line/adapters/run-command.ts';
import { STAGE } from './stage-option.ts';
import { GAME } from './version-arguments.ts';

await runCommand(
  {
    command: 'npm run engine:connect --',
    summary:
      'Checks the engine that a server has, and adds its build to the versions of a game.\n' +
      'The offer of a game that is new comes from --offer or from engines/GAME/game.json.',
    arguments: { game: GAME },
    options: {
      url: { value: 'URL', help: 'The address of the server.', required: true },
      engine: { value: 'ID', help: "The engine's id on the server; the game's code where it is not given." },
      offer: { value: 'FILE', help: 'How the game is offered, in the form of a game.json.' },
      activate: { help: 'New rounds play on it at once.' },
      plaintext: { help: 'The server may speak http beyond this machine, in a network of your own.' },
      stage: STAGE,
    },
    example: 'happy-panda --url http://127.0.0.1:50052',
    whenUnreachable: 'start the server (npm run engine:serve) and, for the stage local, npm start',
  },
  async ({ game, ...options }) => {
    const { connectOnStage } = await import('./connect-engine.ts');
    await connectOnStage(game, options);
  },
);
