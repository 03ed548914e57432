/** This file has what `npm start` says, in plain lines that read the same in a terminal, a log and a pipe. */

export interface ReadyFacts {
  readonly url: string;
  readonly walletUrl: string | undefined;
  readonly dataDirectory: string;
  readonly logDirectory: string;
  readonly operatorKey: string;
  readonly tookMs: number;
}

/** Announces a step when it begins, and again with its duration when it has ended. */
export function progressLine(name: string, durationMs?: number): string {
  if (durationMs === undefined) return `  … ${name}`;
  return `  ✔ ${name.padEnd(48)} ${`${Math.round(durationMs)} ms`.padStart(8)}`;
}

/** Tells where a debugger finds a function's process, in the form that editors and browsers ask for. */
export function debuggerLine(name: string, url: string): string {
  return `  ⏸ ${name} waits for a debugger at ${new URL(url).host}`;
}

/** Tells where everything is, with lines to paste that play a round. They need a shell, curl and sed. */
export function readyMessage(facts: ReadyFacts): string {
  const games = `${facts.url}/api/v1/games/happy-panda`;
  const json = "-H 'Content-Type: application/json'";
  const player = '{"player_id":"player123","currency":"EUR","operator_id":"demo","token":"demo"}';
  const field = (name: string) => String.raw`sed -n 's/.*"${name}":"\([^"]*\)".*/\1/p'`;
  return `
Ready in ${(facts.tookMs / 1000).toFixed(1)} s. Ctrl-C stops it; the data stays.

  API        ${facts.url}
  Wallet     ${facts.walletUrl ?? 'none'}
  Operator   demo, its key is ${facts.operatorKey}
  Data       ${facts.dataDirectory}
  Logs       ${facts.logDirectory}

Launch, spin, read the round:

  SESSION=$(curl -s -X POST ${games}/session ${json} \\
    -d '${player}' | ${field('session_id')})

  ROUND=$(curl -s -X POST ${games}/spin ${json} \\
    -d "{\\"session_id\\":\\"$SESSION\\",\\"bet_amount\\":\\"1.00\\"}" | tee /dev/stderr | ${field('round_id')})

  curl -s ${facts.url}/api/v1/rounds/$ROUND -H 'X-Operator-Key: ${facts.operatorKey}'

${hostileHint(facts.walletUrl)}`;
}

function hostileHint(walletUrl: string | undefined): string {
  if (walletUrl === undefined) return '';
  return `See what a wallet that fails does to it:

  npm run wallet:faults -- add --wallet ${walletUrl} --fault close-socket --on credit --times 3
`;
}

/** Tells an error in one line for people. Where the system's own words would not help, it says what to do. */
export function failureLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return missingModule(error.message);
  const [line = '', ...more] = error.message.trim().split('\n');
  return more.length === 0 ? line : `${line} (all of it: npm start -- --verbose)`;
}

function missingModule(message: string): string {
  const name = /Cannot find (?:package|module) '([^']+)'/.exec(message)?.[1] ?? 'unknown';
  return `${name} is missing. Install what the project needs with: npm ci`;
}
