import type { RunningInvocation } from '../running-invocation.ts';
import type { Check } from './check.ts';
import { isUnsettled, type WalletCall } from './wallet-calls.ts';

/** Whatever a wallet leaves open is counted, and what somebody has to look at rings. */
export class Alarms {
  readonly #check: Check;
  /** Each alarm has rung so often. */
  readonly rung = new Map<string, number>();

  constructor(check: Check) {
    this.#check = check;
  }

  counted(event: string): void {
    this.rung.set(event, (this.rung.get(event) ?? 0) + 1);
  }

  /**
   * @param calls are those that it has heard of
   * @param hasOthers tells that it made calls for victims, too, whose replies are not in these books
   */
  ended(caller: RunningInvocation, calls: readonly WalletCall[], hasOthers: boolean): void {
    const unsettled = calls.filter(isUnsettled);
    this.#expect(caller, 'WalletUnknown', unsettled.length, hasOthers);
    const mismatched = unsettled.filter(
      ({ reply }) => reply?.kind === 'unknown' && reply.reason === 'TRANSACTION_MISMATCH',
    );
    this.#expect(caller, 'WalletTransactionMismatch', mismatched.length, hasOthers);
    const odd = calls.filter(({ reply }) => reply?.kind === 'acknowledged' && 'oddBalance' in reply);
    this.#expect(caller, 'WalletBalanceOdd', odd.length, hasOthers);
  }

  /** A record of the stream is parked. @param nth counts those that the run has parked */
  parked(caller: RunningInvocation, nth: number): void {
    const counted = caller.counted.filter((event) => event === 'RecordParked').length;
    this.#check(counted >= nth, 'whatever is parked rings', () => caller.name);
  }

  #expect(caller: RunningInvocation, event: string, times: number, hasOthers: boolean): void {
    const counted = caller.counted.filter((one) => one === event).length;
    this.#check(
      counted === times || (hasOthers && counted > times),
      'an alarm rings where it should, and nowhere else',
      () => `${event} rang ${counted} times, should have ${times}: ${caller.name}`,
    );
  }
}
