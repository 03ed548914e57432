/** The CDK in a thread of its own: it loads while other things start, and its memory goes when it is done. */
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { synthesise } from '../synthesise.ts';
import type { SynthesisRequest } from './synthesis.ts';

const { stage, outdir, randomUrl } = workerData as SynthesisRequest;
if (parentPort === null) throw new Error('This file runs in a worker');
// The bundles have to be there before the stack is synthesised around them.
await once(parentPort, 'message');
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort.postMessage(synthesise(stage, outdir, { randomUrl }));
