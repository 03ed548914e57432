/** `npm run wallet:faults`: sets, shows and clears what goes wrong at a demo wallet that runs on this machine. */
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { FaultError } from '../../shared/domain/errors.ts';
import { FAULT_NAMES, readPlan, readPlanFile, Rule } from './fault-plan.ts';

const USAGE = `Usage: npm run wallet:faults -- show
       npm run wallet:faults -- set PLAN.json
       npm run wallet:faults -- add --fault FAULT [--on CALL]… [--times N] [--every N] [--skip N]
         [--probability P [--seed N]] [--for-ms MS] [--player ID] [--game CODE] [--transaction ID]
         [--delay-ms MS] [--hold-ms MS] [--status CODE] [--commit] [--form FORM] [--when WHEN]
       npm run wallet:faults -- clear
FAULT is one of ${FAULT_NAMES.join(', ')}.
The wallet is the one on port WALLET_PORT, 8081 unless set, or that of --wallet URL.`;

const options = {
  wallet: { type: 'string', default: `http://127.0.0.1:${process.env['WALLET_PORT'] || 8081}` },
  help: { type: 'boolean', default: false },
  fault: { type: 'string' },
  on: { type: 'string', multiple: true },
  player: { type: 'string' },
  game: { type: 'string' },
  transaction: { type: 'string' },
  times: { type: 'string' },
  every: { type: 'string' },
  skip: { type: 'string' },
  probability: { type: 'string' },
  seed: { type: 'string' },
  'for-ms': { type: 'string' },
  'delay-ms': { type: 'string' },
  'hold-ms': { type: 'string' },
  status: { type: 'string' },
  commit: { type: 'boolean' },
  form: { type: 'string' },
  when: { type: 'string' },
} as const;

/** The field of a rule that an option is, where that is not the option's own name. */
const fieldByOption: Readonly<Record<string, string>> = {
  player: 'player_id',
  game: 'game_code',
  transaction: 'transaction_id',
};
const NUMBERS = ['times', 'every', 'skip', 'probability', 'seed', 'for-ms', 'delay-ms', 'hold-ms', 'status'];

const View = z.object({
  rules: z.array(z.object({ rule: z.looseObject({ fault: z.string() }), matched: z.int(), struck: z.int() })),
  held: z.int(),
});
const Refusal = z.object({ code: z.string(), message: z.string() });

function fail(message: string): never {
  throw new FaultError('MISCONFIGURED', message);
}

function commandLine() {
  try {
    return parseArgs({ allowPositionals: true, options });
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return fail(`${reason} (npm run wallet:faults -- --help tells what there is)`);
  }
}

/** The options of `add` as one rule. @throws FaultError MISCONFIGURED */
function ruleOf(values: ReturnType<typeof commandLine>['values']): Rule {
  const given = Object.entries(values).filter(([option]) => describesFault(option));
  const fields = given.map(([option, value]) => [
    fieldByOption[option] ?? option.replaceAll('-', '_'),
    NUMBERS.includes(option) ? Number(value) : value,
  ]);
  return readPlan(Rule, Object.fromEntries(fields), 'The rule');
}

function describesFault(option: string): boolean {
  return option !== 'wallet' && option !== 'help';
}

async function ask(wallet: string, method: string, plan?: unknown): Promise<z.output<typeof View>> {
  const url = URL.parse('/faults', wallet) ?? fail(`${wallet} is no address`);
  const headers = { 'content-type': 'application/json' };
  const body = plan === undefined ? null : JSON.stringify(plan);
  const response = await fetch(url, { method, headers, body }).catch(() =>
    fail(
      `No wallet answers at ${wallet}; start it with npm start or npm run wallet, or name it with --wallet`,
    ),
  );
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok) return View.parse(answer);
  const refusal = Refusal.safeParse(answer).data;
  return fail(refusal ? `${refusal.code}: ${refusal.message}` : `${wallet} is no demo wallet`);
}

function print({ rules, held }: z.output<typeof View>): void {
  if (rules.length === 0) console.log('Nothing goes wrong at the wallet.');
  for (const { rule, matched, struck } of rules) {
    console.log(`${JSON.stringify(rule)} struck ${struck} of ${matched} calls`);
  }
  if (held > 0) console.log(`Calls that are held back now: ${held}`);
}

async function run(): Promise<void> {
  const { values, positionals } = commandLine();
  const { wallet } = values;
  const [command, file, ...more] = positionals;
  if (values.help) return console.log(USAGE);
  if (more.length > 0 || (file !== undefined && command !== 'set')) fail(USAGE);
  if (command !== 'add' && Object.keys(values).some(describesFault)) fail(USAGE);
  switch (command) {
    case 'show':
      return print(await ask(wallet, 'GET'));
    case 'set':
      return print(
        await ask(wallet, 'PUT', await readPlanFile(file ?? fail('set needs the file of a plan'))),
      );
    case 'add':
      return print(await ask(wallet, 'POST', ruleOf(values)));
    case 'clear':
      return print(await ask(wallet, 'DELETE'));
    default:
      return fail(USAGE);
  }
}

try {
  await run();
} catch (error) {
  if (!(error instanceof FaultError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
