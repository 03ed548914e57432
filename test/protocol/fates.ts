import { DependencyError } from '../../shared/foundation/errors.ts';
import { type PendingCall, Thrown } from './actor.ts';

/** One thing that can become of a call. */
export interface Fate {
  readonly what: string;
  readonly takesEffect: boolean;
  /** A copy of the message is still on its way. */
  readonly leavesCopy: boolean;
  /** The actor hears this. With `result` it is what the call gave; with `nothing` nobody hears of the actor again. */
  readonly hears: 'result' | 'nothing' | { readonly instead: unknown };
}

const unknown = { kind: 'unknown', reason: 'TIMEOUT' } as const;
const unsent = { kind: 'unknown', reason: 'NOT_SENT' } as const;
const refused = { kind: 'refused', code: 'WALLET_REFUSED' } as const;
const failed = new Thrown(new DependencyError('SERVICE_UNAVAILABLE', 'DynamoDB gave no answer'));
const reads: readonly string[] = ['head', 'get', 'is frozen'];

/**
 * Lists what can become of a call. A call on a stale connection is sent once more, and has one of these ends, too. A wallet
 * takes the second copy for the first one, and any error after it is heard as unknown.
 * @param mayBeLate says whether one more message may still be on its way afterwards
 */
export function fatesOf({ name, message }: PendingCall, mayBeLate: boolean): readonly Fate[] {
  const common = [
    fate('works', { takesEffect: true, hears: 'result' }),
    fate('is not sent: the actor dies', { hears: 'nothing' }),
  ];
  // After a read, dying is the same as before it.
  if (reads.includes(name)) return [...common, fate('fails', { hears: { instead: failed } })];
  common.push(fate('works, and the actor dies', { takesEffect: true, hears: 'nothing' }));
  if (!message)
    return [
      ...common,
      fate('fails', { hears: { instead: failed } }),
      fate('works, and is said to have failed', { takesEffect: true, hears: { instead: failed } }),
    ];
  const { call } = message;
  return [
    ...common,
    fate('takes effect, the reply is lost', { takesEffect: true, hears: { instead: unknown } }),
    fate('is lost', { hears: { instead: unknown } }),
    ...when(
      mayBeLate,
      fate('works, and a second copy of it is on its way', {
        takesEffect: true,
        leavesCopy: true,
        hears: 'result',
      }),
    ),
    ...when(
      call === 'debit' || call === 'bet-win',
      fate('is not sent, and its caller knows', { hears: { instead: unsent } }),
    ),
    ...when(call === 'credit', fate('is refused', { hears: { instead: refused } })),
    ...when(mayBeLate, fate('is late', { leavesCopy: true, hears: { instead: unknown } })),
  ];
}

function fate(what: string, given: Partial<Fate> & Pick<Fate, 'hears'>): Fate {
  return { what, takesEffect: false, leavesCopy: false, ...given };
}

function when(may: boolean, one: Fate): readonly Fate[] {
  return may ? [one] : [];
}
