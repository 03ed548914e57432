import { runCommand } from '../shared/command-line/adapters/run-command.ts';

await runCommand(
  {
    command: 'npm run engine:record --',
    summary:
      'Records the golden playthrough of each named game, engines/NAME/golden.json. Do it where a change of its play is meant.\n' +
      'Where none is named, it only checks that every game plays as it was recorded.',
    arguments: { name: { help: 'The folders of the games in engines.', optional: true, multiple: true } },
    example: 'happy-panda',
  },
  async ({ name: names }) => {
    const { checkGoldens, recordGolden } = await import('./golden.ts');
    const { engineNames, realtimeNames } = await import('./build.ts');
    if (names.length === 0) return checkGoldens([...engineNames(), ...realtimeNames()]);
    for (const name of names) await recordGolden(name);
    return 0;
  },
);
