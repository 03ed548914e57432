import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { handler as getRound } from '../../functions/rounds/get-round/handler.ts';
import { handler as revokeSession } from '../../functions/sessions/revoke-session/handler.ts';
import { handler as launchSession } from '../../functions/sessions/launch-session/handler.ts';
import { handler as playBonus } from '../../functions/rounds/play-bonus/handler.ts';
import { handler as playSpin } from '../../functions/rounds/play-spin/handler.ts';
import { Invocation } from './invocation.ts';
import { isVictim } from './plan.ts';
import { SeededRandom } from './random.ts';
import type { ApiAnswer, ApiRequest } from './running-invocation.ts';
import type { WorldView } from './world-view.ts';

const handlers = {
  session: launchSession,
  spin: playSpin,
  bonus: playBonus,
  round: getRound,
  revoke: revokeSession,
} as const;
const sizes = { session: 'query', spin: 'play', bonus: 'play', round: 'query', revoke: 'query' } as const;
const methods = { session: 'POST', spin: 'POST', bonus: 'POST', round: 'GET', revoke: 'DELETE' } as const;

/** What an API answers that got nothing from its function: API Gateway's own 502 and 504 are no problem details. */
const NO_ANSWER = { status: 504, body: '{}' };

/** The API as a client sees it, over a network that loses, delays and doubles requests and answers. */
export class Api {
  readonly #world: WorldView;

  constructor(world: WorldView) {
    this.#world = world;
  }

  /** @returns undefined where the client heard nothing for as long as it waits */
  async request(request: ApiRequest): Promise<ApiAnswer | undefined> {
    const { timeline, plan, decisions, seed } = this.#world;
    const random = new SeededRandom(`${seed}/${request.name}/network`);
    const [drawn, kind, way] = [random.fraction(), random.below(4), random.between(1, 20)];
    const impatient = random.chance(plan.impatience);
    const patienceMs = impatient ? random.between(20, 1_500) : random.between(3_000, 40_000);
    const may = (what: string) => drawn < plan.networkRate && decisions.take(`${request.name}: ${what}`);
    await timeline.wait(way);
    if (kind === 0 && may('the request is lost')) return this.#silence(patienceMs);
    if (kind === 1 && may('the request arrives twice')) {
      const copyMs = 1 + Math.floor(40_000 * random.fraction() ** 4);
      timeline.after(copyMs, () => void this.#handle({ ...request, name: `${request.name} (copy)` }));
    }
    if (kind === 2 && may('the request is delayed')) await timeline.wait(random.between(1, patienceMs));
    const answer = this.#handle(request);
    if (kind === 3 && may('the answer is lost')) return this.#silence(patienceMs);
    return Promise.race([answer, this.#silence(patienceMs)]);
  }

  async #silence(forMs: number): Promise<undefined> {
    await this.#world.timeline.wait(forMs);
    return undefined;
  }

  async #handle(request: ApiRequest): Promise<ApiAnswer> {
    const world = this.#world;
    const invocation = new Invocation(world, request.name, { kind: 'request', request });
    const wasAnswered = world.oracle.rules.answers.has(keyOf(request));
    const isPlay = request.route === 'spin' || request.route === 'bonus';
    if (isPlay) world.oracle.rules.begun(invocation, (request.body as { session_id: string }).session_id);
    const event = {
      httpMethod: methods[request.route],
      resource: `/${request.route}`,
      headers: { ...request.headers, 'content-type': 'application/json' },
      pathParameters: { ...request.path },
      queryStringParameters: null,
      requestContext: { requestId: request.name },
      body: request.body === undefined ? null : JSON.stringify(request.body),
      isBase64Encoded: false,
    } as unknown as APIGatewayProxyEvent;
    const timeoutMs = world.settings.sizes[sizes[request.route]].timeoutSeconds * 1000;
    const ending = await invocation.run<APIGatewayProxyResult>(timeoutMs, () =>
      handlers[request.route](event, world.contextOf(invocation)),
    );
    world.note(
      () =>
        `${request.name}: ${ending.kind === 'answered' ? `${ending.value.statusCode} ${ending.value.body}` : ending.kind}`,
    );
    if (ending.kind === 'threw') world.fail('no handler throws', `${request.name}: ${String(ending.error)}`);
    // Told is what was sent, also where nobody was there to hear it any more.
    if (ending.kind !== 'answered') return NO_ANSWER;
    const answer = { status: ending.value.statusCode, body: ending.value.body };
    if (isPlay) world.oracle.rules.answered(invocation, keyOf(request), answer, wasAnswered);
    const isLaunched = answer.status === 200 && request.route === 'session';
    if (isLaunched && !isVictim(playerOf(request).playerId))
      world.oracle.rules.balances.launched(answer.body, playerOf(request), invocation.startedAtMs);
    return answer;
  }
}

/** What makes two requests the same. */
function keyOf({ headers, body }: ApiRequest): string {
  return `${headers['Idempotency-Key']} ${JSON.stringify(body)}`;
}

function playerOf({ body }: ApiRequest): { readonly operatorId: string; readonly playerId: string } {
  const { operator_id, player_id } = body as { readonly operator_id: string; readonly player_id: string };
  return { operatorId: operator_id, playerId: player_id };
}
