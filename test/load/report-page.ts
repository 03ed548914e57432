import type { LevelReport, LoadReport } from './report.ts';

/** Makes the table that the command prints at its end, and that the page shows. */
export function figuresTable({ levels }: LoadReport): string {
  const head = [
    'players',
    'rounds',
    'rounds/s',
    'p50 ms',
    'p99 ms',
    'p50 ms without the wallet',
    'p99 ms without the wallet',
  ];
  const rows = levels.map(({ players, rounds, roundsPerSecond, withWallet, withoutWallet }) => [
    players,
    rounds,
    roundsPerSecond,
    withWallet.p50Ms,
    withWallet.p99Ms,
    withoutWallet.p50Ms,
    withoutWallet.p99Ms,
  ]);
  return table(head, rows);
}

/** The report as a page of the documentation. `picture` is the file name of the chart beside it. */
export function reportPage(report: LoadReport, picture: string): string {
  const { machine, levels } = report;
  return `# Load report

How many rounds a second the [local run](development.md#the-local-run) plays on one machine, and how long a player waits for
one. \`npm run bench:load\` wrote this page; what it measures and how is under [development](development.md#load). These are
figures of the local run, where every function, the database, the queues, the wallet and the players share the cores of
one machine. They say nothing about AWS, where functions do not share a machine.

Measured on ${report.measuredAt.slice(0, 10)} at commit ${report.commit}.

## The machine

${table(
  ['', ''],
  [
    ['processor', `${machine.processor}, ${machine.cores} cores`],
    ['memory', `${machine.memoryGib} GiB`],
    ['system', machine.system],
    ['Node', machine.node],
    ['load average before the start', machine.loadAverage],
  ],
)}

## Rounds and latency

Each player sends the next request when the answer to the last one has come. "Without the wallet" is the latency of each round
minus the time that its wallet calls took.

${figuresTable(report)}

![Latency of a round by number of players, from p50 to p99, with and without the wallet's share](${picture})

${refusalsOf(levels)}

## Where the time goes

${processorTable(levels)}

## What was checked

${levels.map(checkedOf).join('\n')}

Every round was final. Each was told to its player as it is in the ledger, and each player's balance was the start plus wins minus
stakes, to the minor unit, in the wallet and in the last answer. The wallet's journal had every debit and credit once and
nothing else. The command fails where any of it does not hold.
`;
}

/** `1 player`, `16 players`. */
export function playing(players: number): string {
  return `${players} player${players === 1 ? '' : 's'}`;
}

function refusalsOf(levels: readonly LevelReport[]): string {
  const lines = levels.flatMap(({ players, refusals }) =>
    Object.entries(refusals).map(([name, count]) => `- ${playing(players)}: ${count} × ${name}`),
  );
  return lines.length === 0
    ? 'Every reply was a 200.'
    : `Replies other than 200, warm-up included; each was asked again:\n\n${lines.join('\n')}`;
}

function checkedOf({ players, checkedRounds, checkedWalletEntries }: LevelReport): string {
  return `- ${playing(players)}: ${checkedRounds} rounds and ${checkedWalletEntries} entries of the wallet, warm-up included`;
}

function processorTable(levels: readonly LevelReport[]): string {
  const known = levels.flatMap(({ players, rounds, processorSeconds: time }) =>
    time && rounds > 0
      ? [{ players, perRound: (seconds: number) => ((seconds * 1_000) / rounds).toFixed(1), time }]
      : [],
  );
  if (known.length === 0) return 'Processor time is read on Linux only.';
  const rows = known.map(({ players, perRound, time }) => [
    players,
    perRound(time.functions),
    perRound(time.database),
    perRound(time.stack),
    perRound(time.load),
  ]);
  const head = [
    'players',
    'functions',
    'database',
    'API, queues, streams, archive, wallet',
    'the players and the proxy',
  ];
  return `Milliseconds of processor time for each round, in all processes of a kind; the functions' are those of the archive and of
recovery as well.

${table(head, rows)}`;
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0), 3));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [first = [], ...rest] = cells;
  return [line(first), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rest.map(line)].join(
    '\n',
  );
}
