import type { CodeOf } from '../../shared/foundation/errors.ts';

/** One of these can happen to one call of a port. */
export const faults = [
  'fails-before',
  'fails-after',
  'times-out',
  'arrives-late',
  'throttled',
  'delayed',
  'duplicated',
  'repeated',
  'refused',
  'unsent',
  'stale',
  'outdated',
  'another-build',
  'traps',
  'out-of-fuel',
  'out-of-memory',
  'bad-output',
  'wins-too-much',
  'dies-before',
  'dies-after',
] as const;
export type Fault = (typeof faults)[number];

export const faultMeanings: Readonly<Record<Fault, string>> = {
  'fails-before': 'fails before it takes effect',
  'fails-after': 'takes effect, then fails',
  'times-out': 'is answered by nobody',
  'arrives-late': 'takes effect long after the caller has given up',
  throttled: 'is throttled',
  delayed: 'is answered late',
  duplicated: 'takes effect twice',
  repeated: 'takes effect, is repeated, and only the repetition is heard of',
  refused: 'is refused',
  unsent: 'finds no connection, and its caller knows',
  stale: 'is sent on a stale connection',
  outdated: 'is answered with what was so before',
  'another-build': 'meets another build',
  traps: 'traps',
  'out-of-fuel': 'runs out of fuel',
  'out-of-memory': 'runs out of memory',
  'bad-output': 'answers nonsense',
  'wins-too-much': 'wins more than the game can pay',
  'dies-before': 'is never made: the process dies',
  'dies-after': 'takes effect, and the process dies',
};

const any = [
  'fails-before',
  'fails-after',
  'times-out',
  'throttled',
  'delayed',
  'duplicated',
  'dies-before',
  'dies-after',
] as const satisfies readonly Fault[];
const write = [...any, 'arrives-late', 'repeated'] as const satisfies readonly Fault[];
const asked = [...any, 'refused'] as const satisfies readonly Fault[];
const moved = [...any, 'arrives-late', 'refused', 'unsent', 'stale'] as const satisfies readonly Fault[];

/** The codes of an engine's own failures. An engine that fails before or times out is on a server. */
export const engineFailures = {
  'another-build': 'HASH_MISMATCH',
  traps: 'ENGINE_TRAP',
  'out-of-fuel': 'OUT_OF_FUEL',
  'out-of-memory': 'OUT_OF_MEMORY',
  'bad-output': 'BAD_OUTPUT',
} as const satisfies Partial<Record<Fault, CodeOf<'engine'>>>;
/** It keeps nothing: that it answered and nobody heard, or that it was asked twice, is nothing besides. */
const engine = [
  'fails-before',
  'times-out',
  'delayed',
  'another-build',
  'traps',
  'out-of-fuel',
  'out-of-memory',
  'bad-output',
  'dies-before',
] as const satisfies readonly Fault[];

/** Every call of a port that the simulated functions make, and what may happen to it. */
export const faultsOf = {
  // First what most depends on, then what a world seldom does unless it is made to: a short run has made both.
  'wallet.debit': moved,
  'wallet.betWin': moved,
  'wallet.credit': moved,
  'wallet.rollback': moved,
  'wallet.ready': any,
  'wallet.authenticate': asked,
  'wallet.balance': asked,
  'parking.park': write,
  'ledger.find': any,
  'ledger.list': any,
  'logs.freeze': write,
  'sessions.get': any,
  'sessions.create': write,
  'sessions.revoke': write,
  'registry.operator': any,
  'registry.operatorByKey': any,
  'registry.game': [...any, 'outdated'],
  'registry.presentGame': any,
  'engines.load': [...any, 'another-build'],
  'engine.reset': engine,
  'engine.step': [...engine, 'wins-too-much'],
  'seeds.seed': any,
  'cipher.seal': any,
  'cipher.open': any,
  'ledger.head': any,
  'ledger.get': any,
  'ledger.isFrozen': any,
  'ledger.append': write,
  'ledger.save': write,
  'ledger.markArchived': write,
  'ledger.expire': write,
  'marks.read': any,
  'marks.claim': write,
  'marks.ring': write,
  'marks.confirm': write,
  'ledger.unfinished': any,
  'recovery.send': write,
  'archive.write': write,
  'events.publish': write,
} as const satisfies Record<string, readonly Fault[]>;

export type PortCall = keyof typeof faultsOf;
export const portCalls = Object.keys(faultsOf) as readonly PortCall[];

/** Every (call, fault): what a long enough run must have visited. */
export const pairs: readonly string[] = portCalls.flatMap((call) =>
  faultsOf[call].map((fault) => pairOf(call, fault)),
);

export function pairOf(call: PortCall, fault: Fault): string {
  return `${call} ${fault}`;
}
