import { expect, test } from 'vitest';
import { InvalidStageError, parseStage, refuseUnknownContext, stageSettings } from './stages.ts';

const { stage: _, ...dev } = stageSettings('dev');

/** Settings of `dev` with some of them replaced. */
const changed = (changes: Record<string, unknown>) => () => parseStage('changed', { ...dev, ...changes });

test.each(['local', 'dev', 'prod'])('the stage %s is valid', (stage) => {
  expect(stageSettings(stage).stage).toBe(stage);
});

test('an unknown stage is refused with the names of the known ones', () => {
  expect(() => stageSettings('prd')).toThrow(
    new InvalidStageError('Unknown stage "prd". Choose one with -c stage=NAME: local, dev, prod.'),
  );
});

test('a name that every object has is no stage', () => {
  expect(() => stageSettings('constructor')).toThrow(InvalidStageError);
});

test('a setting with a typo is refused by name', () => {
  expect(changed({ walletTimoutMs: 1_000 })).toThrow(/walletTimoutMs/);
});

test('a typo inside a group is refused by name', () => {
  expect(changed({ archive: { ...dev.archive, retentionYear: 5 } })).toThrow(/retentionYear"/);
});

test('a missing setting is refused by name', () => {
  const { removal: _removal, ...rest } = dev;
  expect(() => parseStage('partial', rest)).toThrow(/removal/);
});

test('a lease as long as the time-out of a spin is refused, and one millisecond more is accepted', () => {
  const timeoutMs = dev.sizes.play.timeoutSeconds * 1_000;
  expect(changed({ roundLeaseMs: timeoutMs })).toThrow(/roundLeaseMs/);
  expect(changed({ roundLeaseMs: timeoutMs + 1 })).not.toThrow();
});

test('a wallet time-out that is longer than the function may run is refused', () => {
  expect(changed({ walletTimeoutMs: dev.sizes.play.timeoutSeconds * 1_000 })).toThrow(/walletTimeoutMs/);
});

test('a wallet time-out that leaves a query too little time for reconciling is refused', () => {
  const inSeconds = (timeoutSeconds: number) => ({
    walletTimeoutMs: 3_000,
    sizes: { ...dev.sizes, query: { memoryMb: 512, timeoutSeconds } },
  });
  expect(changed(inSeconds(10))).toThrow(/sizes\.query\.timeoutSeconds/);
  expect(changed(inSeconds(11))).not.toThrow();
});

test('an engine time-out that is longer than the function may run is refused', () => {
  expect(changed({ grpcTimeoutMs: dev.sizes.play.timeoutSeconds * 1_000 })).toThrow(/grpcTimeoutMs/);
});

test('the address of a random source must be that of a server', () => {
  expect(changed({ randomUrl: 'https://random.example:50051' })).not.toThrow();
  expect(changed({ randomUrl: 'http://127.0.0.1:50051' })).not.toThrow();
  expect(changed({ randomUrl: 'http://random.example:50051' })).toThrow(/must be https.*randomUrl/s);
  expect(changed({ randomUrl: 'random.example:50051' })).toThrow(/randomUrl/);
  expect(stageSettings('local', { randomUrl: 'http://127.0.0.1:50051' })).toMatchObject({
    randomUrl: 'http://127.0.0.1:50051',
  });
  expect(() => stageSettings('local', { randomUrl: 'http://random.example' })).toThrow(/must be https/);
});

test('a function behind the API may not run longer than a REST API waits', () => {
  const sizes = { ...dev.sizes, query: { memoryMb: 512, timeoutSeconds: 30 } };
  expect(changed({ sizes })).toThrow(/sizes\.query\.timeoutSeconds/);
});

test('an idle time longer than the session is refused', () => {
  expect(changed({ sessionIdleSeconds: dev.sessionTtlSeconds + 1 })).toThrow(/sessionIdleSeconds/);
});

test('data locked in compliance mode cannot be set to be destroyed', () => {
  expect(changed({ archive: { lock: 'compliance', retentionYears: 5 } })).toThrow(/removal/);
});

test('a log retention that CloudWatch does not offer is refused', () => {
  expect(changed({ logRetentionDays: 100 })).toThrow(/logRetentionDays/);
});

test.each(['*', 'https://*.example.com', 'https://games.example.com/', 'games.example.com', 'null'])(
  '%s is refused as an origin',
  (origin) => {
    expect(changed({ allowedOrigins: [origin] })).toThrow(/allowedOrigins/);
  },
);

test('an exact origin is accepted in front of an HTTP API and refused in front of a REST API', () => {
  const allowedOrigins = ['https://games.example.com', 'http://localhost:5173'];
  expect(changed({ allowedOrigins })).not.toThrow();
  expect(changed({ allowedOrigins, api: 'rest' })).toThrow(/allowedOrigins/);
});

test('the command line can set the kind of API and the address for alarms, and a wrong value is refused', () => {
  const settings = stageSettings('dev', { api: 'rest', alarmEmail: 'ops@example.com' });
  expect(settings).toMatchObject({ api: 'rest', alarmEmail: 'ops@example.com' });
  expect(() => stageSettings('dev', { api: 'soap' })).toThrow(/api/);
  expect(() => stageSettings('dev', { alarmEmail: 'ops' })).toThrow(/alarmEmail/);
});

test('production keeps its data, and no account can delete its archive', () => {
  expect(stageSettings('prod')).toMatchObject({ removal: 'retain', archive: { lock: 'compliance' } });
});

test('a context key that is misspelt is refused with the names of the known ones', () => {
  expect(() => refuseUnknownContext(['stage', 'alarmEmial'])).toThrow(
    new InvalidStageError(
      'Unknown context: alarmEmial. These can be set with -c KEY=VALUE: stage, api, alarmEmail.',
    ),
  );
});

test('the keys of the CDK itself are no mistake', () => {
  const own = [
    'aws:cdk:bundling-stacks',
    '@aws-cdk/core:checkSecretUsage',
    'availability-zones:account=1:region=x',
  ];
  expect(() => refuseUnknownContext([...own, 'stage', 'api', 'alarmEmail'])).not.toThrow();
});
