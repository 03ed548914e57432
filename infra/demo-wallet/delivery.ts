import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Reply } from './routes.ts';

/** A caller that waits for longer than this for a reply that never comes is cut off. */
const NO_REPLY_MS = 5 * 60_000;

/** Says what becomes of the connection that a call came by. */
export type Delivery =
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'text'; readonly contentType: string; readonly text: string }
  /** The connection stays open until the caller gives up. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'closed' }
  /** It is closed in the middle of the reply. */
  | { readonly kind: 'broken-off'; readonly reply: Reply };

export function deliver(request: IncomingMessage, response: ServerResponse, delivery: Delivery): void {
  switch (delivery.kind) {
    case 'reply':
      send(response, delivery.reply);
      return;
    case 'text':
      write(response, { status: 200, contentType: delivery.contentType, text: delivery.text });
      return;
    case 'nothing':
      request.socket.setTimeout(NO_REPLY_MS, () => request.socket.destroy());
      return;
    case 'closed':
      request.socket.destroy();
      return;
    case 'broken-off': {
      const text = textOf(delivery.reply);
      response.writeHead(delivery.reply.status, headersOf('application/json', text));
      response.write(text.slice(0, text.length / 2), () => request.socket.destroy());
    }
  }
}

export function send(response: ServerResponse, reply: Reply): void {
  write(response, { status: reply.status, contentType: 'application/json', text: textOf(reply) });
}

export function textOf({ body }: Reply): string {
  return `${JSON.stringify(body)}\n`;
}

interface Written {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

function write(response: ServerResponse, { status, contentType, text }: Written): void {
  response.writeHead(status, headersOf(contentType, text)).end(text);
}

function headersOf(contentType: string, text: string) {
  return {
    'content-type': contentType,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  };
}
