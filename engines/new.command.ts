import { runCommand } from '../shared/command-line/adapters/run-command.ts';

await runCommand(
  {
    command: 'npm run engine:new --',
    summary: 'Makes a new game in engines/NAME, as a copy of the starter slot under its own name.',
    arguments: {
      name: { help: 'The code of the game: lower-case letters and digits, with single "-" between.' },
    },
    example: 'tiger-moon',
  },
  async ({ name }) => {
    const { newEngine } = await import('./new.ts');
    await newEngine(name);
    console.log(`engines/${name} is a game. Its mathematics are in engines/${name}/assembly/maths.ts.`);
  },
);
