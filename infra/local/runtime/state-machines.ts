import { setTimeout } from 'node:timers/promises';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { StateMachineModel } from '../model.ts';
import type { Services } from '../services/start-services.ts';
import type { Invoke } from './invocation.ts';
import { runStateMachine } from './state-machine.ts';

export interface StateMachinesOptions {
  readonly services: Pick<Services, 'serveStateMachines'>;
  readonly s3: S3Client;
  readonly invoke: Invoke;
}

/** Lets executions of the stack's machines be started. Those that still run when the stack stops end with it. */
export function startStateMachines(
  machines: readonly StateMachineModel[],
  { services, s3, invoke }: StateMachinesOptions,
): Disposable {
  const stopped = new AbortController();
  const ports = {
    invoke,
    readObject: async (Bucket: string, Key: string) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      return (await Body?.transformToString()) ?? '';
    },
    sleep: (ms: number) => setTimeout(ms, undefined, { signal: stopped.signal, ref: false }),
    random: Math.random,
  };
  services.serveStateMachines(
    new Map(
      machines.map((machine) => [machine.arn, (input) => runStateMachine(machine.definition, input, ports)]),
    ),
  );
  return {
    [Symbol.dispose]() {
      stopped.abort();
    },
  };
}
