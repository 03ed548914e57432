import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { FaultError } from '../../shared/foundation/errors.ts';
import { readPlanFile } from './fault-plan.ts';
import { startDemoWallet } from './server.ts';

const LOCAL_SECRET = 'demo-wallet-secret-for-this-machine-only';
const LOCAL_DATA = fileURLToPath(new URL('../../.rgs/wallet', import.meta.url));

const Environment = z.object({
  WALLET_PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'a port number')
    .transform(Number)
    .pipe(z.number().max(65_535))
    .default(8081),
  WALLET_DATA: z.string().min(1).default(LOCAL_DATA),
  WALLET_SECRET: z.string().min(16, 'at least 16 characters').default(LOCAL_SECRET),
});

/** Starts the wallet of the environment, hostile by the plan in a file. @throws FaultError MISCONFIGURED */
export async function startWallet(planFile: string | undefined): Promise<void> {
  const environment = Environment.safeParse(process.env);
  if (!environment.success) {
    const flaws = environment.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new FaultError('MISCONFIGURED', flaws.join('; '));
  }
  const { WALLET_PORT: port, WALLET_DATA: dataDirectory, WALLET_SECRET: secret } = environment.data;
  const faults = planFile === undefined ? undefined : await readPlanFile(planFile);
  const wallet = await startDemoWallet({ port, dataDirectory, secret, faults });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void wallet.stop());
  console.log(`The demo wallet listens on ${wallet.url}; its balances are in ${dataDirectory}.`);
  console.log('It knows player123 with the token "demo". Ctrl-C stops it.');
  if (faults) console.log(`It is hostile, by ${planFile}.`);
}
