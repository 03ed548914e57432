import type * as z from 'zod';
import { RequestError } from '../../shared/foundation/errors.ts';
import { readJson } from '../../shared/foundation/json-text.ts';
import { FaultPlan, flawsOf, MAX_RULES, Rule } from './fault-plan.ts';
import type { HostileWallet } from './hostile-wallet.ts';
import { WalletRefusal } from './refusal.ts';
import type { Call, Reply, Route } from './routes.ts';

/** For testers, to set and see what goes wrong at the wallet; by docs/wallet-api.md. */
export function faultRoutes(hostile: HostileWallet): Route[] {
  const show = (): Reply => ({ status: 200, body: hostile.view() });
  const route = (method: Route['method'], change: (call: Call) => void): Route => ({
    method,
    path: /^\/faults$/,
    access: 'local',
    answer: (_accounts, call) => {
      change(call);
      return show();
    },
  });
  return [
    route('GET', () => {}),
    route('PUT', ({ body }) => hostile.replace(read(FaultPlan, body))),
    route('POST', ({ body }) => add(hostile, read(Rule, body))),
    route('DELETE', () => hostile.replace({ rules: [] })),
  ];
}

/** @throws WalletRefusal INVALID_REQUEST */
function add(hostile: HostileWallet, rule: Rule): void {
  if (hostile.view().rules.length >= MAX_RULES) {
    throw new WalletRefusal('INVALID_REQUEST', `A plan has at most ${MAX_RULES} rules`);
  }
  hostile.add(rule);
}

/** @throws WalletRefusal INVALID_JSON, INVALID_REQUEST */
function read<S extends z.ZodType>(schema: S, body: Uint8Array): z.output<S> {
  const result = schema.safeParse(valueOf(body));
  if (result.success) return result.data;
  throw new WalletRefusal('INVALID_REQUEST', flawsOf(result.error));
}

/** @throws WalletRefusal INVALID_JSON */
function valueOf(body: Uint8Array): unknown {
  try {
    return readJson(body);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    throw new WalletRefusal('INVALID_JSON', error.message);
  }
}
