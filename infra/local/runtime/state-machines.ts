import { setTimeout } from 'node:timers/promises';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { StateMachineModel } from '../model.ts';
import { LOCAL_REGION } from '../services/endpoints.ts';
import type { Services } from '../services/start-services.ts';
import type { Invoke } from './invocation.ts';
import { runStateMachine } from './state-machine.ts';

export interface StateMachinesOptions {
  readonly services: Pick<Services, 'endpoints' | 'serveStateMachines'>;
  readonly invoke: Invoke;
}

/** Lets executions of the stack's state machines be started. What still runs when the stack stops does not go on later. */
export function startStateMachines(
  machines: readonly StateMachineModel[],
  { services, invoke }: StateMachinesOptions,
): Disposable {
  const s3 = new S3Client({
    endpoint: services.endpoints.s3,
    forcePathStyle: true,
    region: LOCAL_REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
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
    new Map(machines.map((machine) => [machine.arn, (input) => runStateMachine(machine, input, ports)])),
  );
  return {
    [Symbol.dispose]() {
      stopped.abort();
      s3.destroy();
    },
  };
}
