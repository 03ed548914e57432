import { runCommand } from '../../shared/command-line/adapters/run-command.ts';
import { STAGE, WHEN_UNREACHABLE } from './stage-option.ts';

await runCommand(
  {
    command: 'npm run engine:publish --',
    summary:
      'Checks that an engine keeps its contract, and adds it to the versions of its game.\n' +
      'TARGET is a folder of engines, which is compiled, or a module GAME.wasm with a game.json beside it.',
    arguments: { target: { help: 'The folder or the module.' } },
    options: {
      activate: { help: 'New rounds play on it at once.' },
      sources: { value: 'FOLDER', help: 'What a module from elsewhere was compiled from.' },
      compiler: { value: '"NAME VERSION"', help: 'What a module from elsewhere was compiled by.' },
      stage: STAGE,
    },
    example: 'engines/happy-panda --activate',
    whenUnreachable: WHEN_UNREACHABLE,
  },
  async ({ target, ...options }) => {
    const { publishOnStage } = await import('./publish-engine.ts');
    await publishOnStage(target, options);
  },
);
