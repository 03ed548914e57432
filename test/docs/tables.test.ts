import { describe, expect, it } from 'vitest';
import { ROUTES } from '../../functions/functions.ts';
import { statusOf } from '../../functions/_runtime/problem-details.ts';
import { stageSettings } from '../../infra/stages.ts';
import { resourcesOf, type Template, templateOf } from '../../infra/template.fixture.ts';
import { archiveRecord } from '../../shared/archive/adapters/archive-record.ts';
import { errorCodes, RequestError } from '../../shared/foundation/errors.ts';
import { minorAmount } from '../../shared/money/money.ts';
import { differenceKinds } from '../../shared/reconciliation/reconciliation.ts';
import { isFinal, isInFlight, type Round } from '../../shared/rounds/round.ts';
import { type RoundEvent, transition } from '../../shared/rounds/round-transitions.ts';
import { sampleIntent, sampleOutcome } from '../../shared/rounds/sample-round.fixture.ts';
import { withTables } from './made-tables.ts';
import { page, tableUnder } from './pages.ts';

const yesOrNo = (value: boolean) => (value ? 'yes' : 'no');

describe('docs/api.md', () => {
  const api = page('docs/api.md');

  it('has every error with its status, and whether it may be retried', () => {
    const told = tableUnder(api, 'Errors').map(([code, status, retryable]) => [code, status, retryable]);
    const retryable = (code: (typeof errorCodes)[number]) =>
      // Whichever class an error has, its code decides.
      new RequestError(code as 'INVALID_JSON', '').retryable;
    expect(told).toEqual(errorCodes.map((code) => [code, String(statusOf[code]), yesOrNo(retryable(code))]));
  });

  it('has every route', () => {
    const told = tableUnder(api, 'Routes').map(([route]) => route);
    expect(told).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`));
  });

  it('has the tables that are made from the entries of functions, as npm run docs:tables writes them', () => {
    expect(withTables(api.text)).toBe(api.text);
  });
});

describe('docs/rounds.md', () => {
  const rounds = page('docs/rounds.md');
  const atMs = 1_700_000_001_000;
  const base = sampleIntent();
  const { status: _, ...rest } = base;
  const outcome = sampleOutcome();
  const states: readonly Round[] = [
    base,
    { ...base, epoch: 2 },
    { ...base, walletCalls: 'bet-win' },
    { ...rest, status: 'COMMITTED', outcome },
    { ...rest, status: 'COMMITTED', outcome: sampleOutcome({ winMinor: minorAmount(0n) }) },
    { ...rest, status: 'CREDITED', outcome },
    { ...rest, status: 'REJECTED', refusal: 'LIMIT_REACHED' },
    { ...rest, status: 'FAILED', failure: 'ENGINE_TRAP' },
    { ...rest, status: 'VOIDING', reason: 'ABANDONED' },
    { ...rest, status: 'VOIDED', reason: 'ABANDONED' },
  ];
  const events: readonly RoundEvent[] = [
    { type: 'DEBIT_ACKNOWLEDGED', outcome, atMs },
    { type: 'BET_WIN_ACKNOWLEDGED', outcome, atMs },
    { type: 'BET_WIN_ACKNOWLEDGED', outcome: sampleOutcome({ winMinor: minorAmount(0n) }), atMs },
    { type: 'DEBIT_REFUSED', refusal: 'LIMIT_REACHED', earlierAttemptUnknown: false, atMs },
    { type: 'DEBIT_UNKNOWN', atMs },
    { type: 'ENGINE_FAILED', failure: 'ENGINE_TRAP', atMs },
    { type: 'TAKEN_OVER', atMs },
    { type: 'ABANDONED', atMs },
    { type: 'ROLLBACK_ACKNOWLEDGED', atMs },
    { type: 'CREDIT_ACKNOWLEDGED', atMs },
  ];

  function outcomeOf(round: Round, event: RoundEvent): string[] {
    try {
      return [`${round.status} ${event.type} ${transition(round, event).status}`];
    } catch {
      return [];
    }
  }

  it('has every transition that the state machine takes, and no other', () => {
    const taken = states.flatMap((round) => events.flatMap((event) => outcomeOf(round, event)));
    const told = tableUnder(rounds, 'Transitions').map(([from, event, , to]) => `${from} ${event} ${to}`);
    expect(told.sort()).toEqual([...new Set(taken)].sort());
  });

  it('says of every status whether it is final and whether it lets the next round start', () => {
    const told = tableUnder(rounds, 'States').map(([status, , final, next]) => [status, final, next]);
    const wanted = [...new Set(states.map(({ status }) => status))].map((status) => {
      const finals = new Set(states.filter((round) => round.status === status).map(isFinal));
      const final = finals.size === 2 ? 'without a win' : yesOrNo(finals.has(true));
      const blocks = states.some((round) => round.status === status && isInFlight(round));
      return [status, final, yesOrNo(!blocks)];
    });
    expect(told).toEqual(wanted);
  });

  it('has every field of the archive, in the order of the lines', () => {
    const told = tableUnder(rounds, 'The archive').map(([field]) => field);
    expect(told).toEqual(Object.keys(archiveRecord(base)));
  });
});

describe('docs/operations.md', () => {
  const operationsPage = page('docs/operations.md');
  let prod: Template | undefined;
  const template = () => (prod ??= templateOf('prod', 'http'));

  it('has every setting of every stage with its value', () => {
    const columns = (['local', 'dev', 'prod'] as const).map((stage) => flatten(stageSettings(stage)));
    const [first = new Map()] = columns;
    const wanted = [...first.keys()].map((name) => [name, ...columns.map((column) => column.get(name))]);
    expect(tableUnder(operationsPage, 'Stages').map((row) => row.slice(0, 4))).toEqual(wanted);
  });

  it('has every output of the stack', () => {
    const told = tableUnder(operationsPage, 'Outputs').map(([output]) => output);
    expect(told).toEqual(Object.keys(template().outputs));
  }, 60_000);

  it('has every kind of difference, in order', () => {
    const told = tableUnder(operationsPage, 'The differences').map(([kind]) => kind);
    expect(told).toEqual(differenceKinds);
  });

  it('has every alarm of the template, and no other', () => {
    const names = resourcesOf(template(), 'AWS::CloudWatch::Alarm').map(([id]) => id);
    // A logical id is the construct's path without its dashes, and a hash.
    const told = tableUnder(operationsPage, 'Alarms').map(([alarm = '']) => alarm);
    const patterns = told.map(
      (alarm) => new RegExp(`^Alarms${alarm.replaceAll('-', '').replace('*', '[a-z]+')}[0-9A-F]{8}$`),
    );
    expect(names.filter((name) => patterns.filter((pattern) => pattern.test(name)).length !== 1)).toEqual([]);
    expect(told.filter((_, index) => !names.some((name) => patterns[index]?.test(name)))).toEqual([]);
  }, 60_000);
});

/** The settings of a stage by their dotted names, as the page writes them. */
function flatten(value: object, prefix = ''): Map<string, string> {
  const entries = Object.entries(value).flatMap(([name, inner]): [string, string][] => {
    if (name === 'stage' || inner === undefined) return [];
    if (Array.isArray(inner)) return [[`${prefix}${name}`, inner.join(', ') || 'none']];
    if (typeof inner === 'object') return [...flatten(inner, `${prefix}${name}.`)];
    return [[`${prefix}${name}`, String(inner)]];
  });
  return new Map(entries);
}
