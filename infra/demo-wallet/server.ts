import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FaultError } from '../../shared/foundation/errors.ts';
import type { Clock } from '../../shared/foundation/clock.ts';
import { minorAmount } from '../../shared/money/money.ts';
import { Accounts } from './accounts.ts';
import { type Delivery, deliver, send } from './delivery.ts';
import type { FaultPlan, Operation } from './fault-plan.ts';
import { faultRoutes } from './fault-routes.ts';
import { HostileWallet } from './hostile-wallet.ts';
import { WalletRefusal } from './refusal.ts';
import { readBody } from './request.ts';
import { type Route, routes } from './routes.ts';
import { verifySignature } from './signature.ts';

/** The only interface it listens on: its unsigned routes hand out money. */
const HOST = '127.0.0.1';

export interface DemoWalletOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Made if it is not there; holds the balances from run to run. */
  readonly dataDirectory: string;
  /** The HMAC key shared with the game server. */
  readonly secret: string;
  readonly clock?: Clock;
  /** What goes wrong from the start on; nothing where it is left out. */
  readonly faults?: FaultPlan | undefined;
}

export interface DemoWallet {
  /** Without a trailing slash. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts the wallet of a pretended operator. Its first start makes `player123`, with 1,000.00 EUR and the token `demo`.
 * @throws FaultError MISCONFIGURED where the port is taken or the folder cannot be used
 */
export async function startDemoWallet(options: DemoWalletOptions): Promise<DemoWallet> {
  const clock = options.clock ?? { nowMs: () => Date.now() };
  const accounts = new Accounts(options.dataDirectory, clock);
  if (!accounts.find('player123')) {
    accounts.createPlayer(
      { playerId: 'player123', currency: 'EUR', balanceMinor: minorAmount(100_000n) },
      'demo',
    );
  }
  const hostile = new HostileWallet(clock, options.faults);
  const context: Context = {
    accounts,
    clock,
    secret: options.secret,
    hostile,
    routes: [...routes, ...faultRoutes(hostile)],
  };
  const server = createServer({ requestTimeout: 10_000 }, (request, response) => {
    void respond(context, request, response);
  });
  try {
    server.listen(options.port, HOST);
    await once(server, 'listening');
  } catch (error) {
    accounts.close();
    throw new FaultError('MISCONFIGURED', listenFailure(error, options.port), { cause: error });
  }
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${HOST}:${port}`,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      hostile.stop();
      await closed;
      accounts.close();
    },
  };
}

function listenFailure(error: unknown, port: number): string {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'EADDRINUSE'
    ? `Port ${port} is taken; the wallet cannot listen on it`
    : `The wallet cannot listen on port ${port}: ${code ?? 'unknown error'}`;
}

interface Context {
  readonly accounts: Accounts;
  readonly clock: Clock;
  readonly secret: string;
  readonly hostile: HostileWallet;
  readonly routes: readonly Route[];
}

async function respond(context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    deliver(request, response, await answer(context, request));
  } catch (error) {
    if (error instanceof WalletRefusal) {
      const { code, message, status, headers } = error;
      response.setHeaders(new Map(Object.entries(headers)));
      // What is left of a body that was not read must not be taken for the next request.
      if (!request.complete) response.setHeader('connection', 'close');
      send(response, { status, body: { code, message } });
    } else if (!request.destroyed || request.complete) {
      console.error('The wallet failed:', error);
      send(response, { status: 500, body: { code: 'INTERNAL_ERROR', message: 'The wallet failed' } });
    }
  }
}

/** @throws WalletRefusal */
async function answer(context: Context, request: IncomingMessage): Promise<Delivery> {
  const { accounts, clock, secret, hostile } = context;
  const url = URL.parse(request.url ?? '', `http://${HOST}`);
  if (!url) throw new WalletRefusal('INVALID_REQUEST', 'The request target is not a path');
  const { route, pathParameter } = find(context.routes, request.method ?? '', url.pathname);
  if (route.access === 'local') refuseForeignHost(request.headers.host);
  const body = await readBody(request);
  if (route.method === 'POST' || route.method === 'PUT') refuseOtherMedia(request.headers['content-type']);
  const operatorId =
    route.access === 'signed'
      ? verifySignature(secret, { headers: request.headers, path: url.pathname, body }, clock.nowMs())
      : '';
  const call = { pathParameter, query: url.searchParams, body, operatorId };
  if (route.access === 'local') return { kind: 'reply', reply: route.answer(accounts, call) };
  return hostile.answer(operationOf(url.pathname), body, (asked, refusal) =>
    route.answer(accounts, { ...call, body: asked, refusal }),
  );
}

/** `/health` and `/wallet/debit` are `health` and `debit`. */
function operationOf(path: string): Operation {
  return path.split('/').at(-1) as Operation;
}

function find(
  routes: readonly Route[],
  method: string,
  path: string,
): { readonly route: Route; readonly pathParameter: string } {
  const candidates = routes.filter((route) => route.path.test(path));
  const route = candidates.find((candidate) => candidate.method === method);
  if (!route && candidates.length > 0) {
    const allow = candidates.map((candidate) => candidate.method).join(', ');
    throw new WalletRefusal('METHOD_NOT_ALLOWED', `Use ${allow}`, { allow });
  }
  if (!route) throw new WalletRefusal('UNKNOWN_ROUTE', 'There is no such route');
  return { route, pathParameter: decoded(route.path.exec(path)?.[1] ?? '') };
}

/** @throws WalletRefusal INVALID_REQUEST */
function decoded(pathParameter: string): string {
  try {
    return decodeURIComponent(pathParameter);
  } catch {
    throw new WalletRefusal('INVALID_REQUEST', 'The path is not encoded as URLs are');
  }
}

/** A web page whose name was pointed at this machine still sends its own name. */
function refuseForeignHost(host = ''): void {
  if (!/^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(host)) {
    throw new WalletRefusal('LOCAL_ONLY', 'This route is for this machine only');
  }
}

/** A browser asks before it sends this type to another origin, and is never told yes. */
function refuseOtherMedia(contentType = ''): void {
  if (contentType.split(';')[0]?.trim().toLowerCase() !== 'application/json') {
    throw new WalletRefusal('UNSUPPORTED_MEDIA_TYPE', 'Send application/json');
  }
}
