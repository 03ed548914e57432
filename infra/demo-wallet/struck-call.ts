import { setTimeout } from 'node:timers/promises';
import { currencyOf } from '../../shared/money/currency.ts';
import { formatAmount, minorAmount } from '../../shared/money/money.ts';
import { type Delivery, textOf } from './delivery.ts';
import type { Rule } from './fault-plan.ts';
import { matches, type WalletCall } from './fault-schedule.ts';
import type { HeldCalls } from './held-calls.ts';
import { type RefusalCode, WalletRefusal } from './refusal.ts';
import { MAX_BODY_BYTES, readAmount } from './request.ts';
import type { Reply } from './routes.ts';

/**
 * Does what a body asks for.
 * @param refusal why a stake that is not known yet is to be refused
 * @throws WalletRefusal
 */
export type Books = (body: Uint8Array, refusal?: RefusalCode) => Reply;

export interface StruckCall {
  readonly rule: Rule;
  readonly call: WalletCall;
  readonly body: Uint8Array;
  readonly apply: Books;
  readonly held: HeldCalls;
}

const NOTHING: Delivery = { kind: 'nothing' };
const CLOSED: Delivery = { kind: 'closed' };

/**
 * Does to the books and to the caller what the fault does by docs/wallet-api.md.
 * @throws WalletRefusal where that is what the caller is told
 */
export async function deliveryOf(struck: StruckCall): Promise<Delivery> {
  const { rule, body, apply } = struck;
  switch (rule.fault) {
    case 'commit-then-time-out':
      outcomeOf(struck);
      return NOTHING;
    case 'time-out':
      return NOTHING;
    case 'duplicate':
      outcomeOf(struck);
      return replied(apply(body));
    case 'reorder':
    case 'rollback-before-bet':
      await isOvertaken(struck, rule.hold_ms);
      return replied(apply(body));
    case 'server-error':
      if (rule.commit) outcomeOf(struck);
      return replied({
        status: rule.status,
        body: { code: 'INTERNAL_ERROR', message: 'A fault of the plan' },
      });
    case 'garbage':
      return garbage(rule.form, apply(body));
    case 'wrong-currency':
      return altered(apply(body), ({ currency }) => ({ currency: currency === 'USD' ? 'EUR' : 'USD' }));
    case 'wrong-transaction':
      return altered(apply(body), (fields) => ({ transaction_id: `another-than-${fields.transaction_id}` }));
    case 'negative-balance':
      return altered(apply(body), ({ balance }) => ({ balance: `-${balance}` }));
    case 'another-amount':
      apply(body);
      return replied(apply(withAnotherAmount(body)));
    case 'slow': {
      const outcome = outcomeOf(struck);
      // Not waited for by whoever stops the wallet.
      await setTimeout(rule.delay_ms, undefined, { ref: false });
      return replied(outcome());
    }
    case 'close-socket':
      return closeSocket(rule.when, struck);
    case 'limit-reached':
      return replied(apply(body, 'LIMIT_REACHED'));
    case 'player-blocked':
      return replied(apply(body, 'PLAYER_BLOCKED'));
    case 'down':
      return CLOSED;
  }
}

function replied(reply: Reply): Delivery {
  return { kind: 'reply', reply };
}

/** Applies the call now; what came of it can be told later, or to nobody. */
function outcomeOf({ apply, body }: StruckCall): () => Reply {
  try {
    const reply = apply(body);
    return () => reply;
  } catch (error) {
    if (!(error instanceof WalletRefusal)) throw error;
    return () => {
      throw error;
    };
  }
}

function closeSocket(when: 'before' | 'during' | 'after', struck: StruckCall): Delivery {
  if (when === 'before') return CLOSED;
  const outcome = outcomeOf(struck);
  return when === 'after' ? CLOSED : { kind: 'broken-off', reply: outcome() };
}

/** Waits until another call that the rule matches, or the rollback of this stake, has been applied. */
function isOvertaken({ rule, call, held }: StruckCall, holdMs: number): Promise<void> {
  const waitsFor =
    rule.fault === 'reorder'
      ? (other: WalletCall) => other !== call && matches(rule, other)
      : ({ operation, transactionId }: WalletCall) =>
          operation === 'rollback' && transactionId === call.transactionId;
  return held.hold({ rule, call, waitsFor, holdMs });
}

type Fields = Readonly<Record<string, string>>;

function altered({ status, body }: Reply, change: (fields: Fields) => Fields): Delivery {
  const fields = body as Fields;
  return replied({ status, body: { ...fields, ...change(fields) } });
}

/** Status 200 all the same: what a proxy, a full disk or a bug puts in the place of a reply. */
function garbage(form: 'html' | 'cut-off' | 'twice' | 'too-long', reply: Reply): Delivery {
  const json = 'application/json';
  const text = textOf(reply);
  switch (form) {
    case 'html':
      return { kind: 'text', contentType: 'text/html', text: '<!doctype html><title>Welcome</title>\n' };
    case 'cut-off':
      return { kind: 'text', contentType: json, text: text.slice(0, text.length / 2) };
    case 'twice':
      return { kind: 'text', contentType: json, text: text.replace(/"(?:balance|next)":/, '$&"0.00",$&') };
    case 'too-long':
      return { kind: 'text', contentType: json, text: text.replace('{', `{${' '.repeat(MAX_BODY_BYTES)}`) };
  }
}

/** One minor unit more for the same id. The books have read the body before, so it is one that they can read. */
function withAnotherAmount(body: Uint8Array): Uint8Array {
  const fields = JSON.parse(new TextDecoder().decode(body)) as { amount: string; currency: string };
  const amountMinor = minorAmount(readAmount(fields.amount, fields.currency) + 1n);
  const amount = formatAmount(amountMinor, currencyOf(fields.currency));
  return new TextEncoder().encode(JSON.stringify({ ...fields, amount }));
}
