import * as z from 'zod';
import { UsageError } from '../../shared/command-line/command-line.ts';
import { FaultError } from '../../shared/foundation/errors.ts';
import { readPlan, readPlanFile, Rule } from './fault-plan.ts';

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

/** Options that describe a fault, as they were typed. One that was not given is undefined, or false, or empty. */
export type FaultOptions = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** The options of `add` as one rule. @throws FaultError MISCONFIGURED */
function ruleOf(options: FaultOptions): Rule {
  const fields = given(options).map(([option, value]) => [
    fieldByOption[option] ?? option.replaceAll('-', '_'),
    NUMBERS.includes(option) ? Number(value) : value,
  ]);
  return readPlan(Rule, Object.fromEntries(fields), 'The rule');
}

function given(options: FaultOptions) {
  return Object.entries(options).filter(([, value]) =>
    Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false,
  );
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

export type Action = 'show' | 'set' | 'add' | 'clear';

/**
 * Sets, shows or clears what goes wrong at the wallet of an address, and prints what there is then.
 * @throws UsageError, FaultError MISCONFIGURED
 */
export async function changeFaults(
  action: Action,
  file: string | undefined,
  { wallet, ...options }: FaultOptions & { readonly wallet: string },
): Promise<void> {
  if (file !== undefined && action !== 'set') throw new UsageError(`${action} takes no file`);
  const [[superfluous] = []] = given(options);
  if (action !== 'add' && superfluous !== undefined)
    throw new UsageError(`${action} takes no --${superfluous}; only add does`);
  switch (action) {
    case 'show':
      return print(await ask(wallet, 'GET'));
    case 'set':
      if (file === undefined) throw new UsageError('set needs the file of a plan');
      return print(await ask(wallet, 'PUT', await readPlanFile(file)));
    case 'add':
      return print(await ask(wallet, 'POST', ruleOf(options)));
    case 'clear':
      return print(await ask(wallet, 'DELETE'));
  }
}
