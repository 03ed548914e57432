import { once } from 'node:events';

interface DebuggerMessage {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
}

/** A debugger that speaks the protocol of V8's inspector, as editors and browsers do. */
export class TestDebugger {
  readonly #socket: WebSocket;
  readonly #messages: DebuggerMessage[] = [];
  #count = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#messages.push(JSON.parse(String(data))));
  }

  static async attach(url: string): Promise<TestDebugger> {
    const socket = new WebSocket(url);
    const client = new TestDebugger(socket);
    await once(socket, 'open');
    return client;
  }

  async call(method: string, params: object = {}): Promise<DebuggerMessage> {
    this.#count += 1;
    const id = this.#count;
    this.#socket.send(JSON.stringify({ id, method, params }));
    return this.#message((message) => message.id === id);
  }

  /** The first event of this kind whose parameters match, be it one that came before. */
  event(method: string, matches: (params: Readonly<Record<string, unknown>>) => boolean = () => true) {
    return this.#message((message) => message.method === method && matches(message.params ?? {}));
  }

  close(): void {
    this.#socket.close();
  }

  async #message(matches: (message: DebuggerMessage) => boolean): Promise<DebuggerMessage> {
    for (;;) {
      const found = this.#messages.find(matches);
      if (found) return found;
      await once(this.#socket, 'message');
    }
  }
}
