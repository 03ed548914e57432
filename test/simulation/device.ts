import { minorAmount } from '../../shared/money/money.ts';
import type { ApiAnswer, ApiRequest } from './running-invocation.ts';
import { type Holder, isVictim } from './plan.ts';
import { SeededRandom } from './random.ts';
import type { WorldView } from './world-view.ts';

interface Problem {
  readonly code?: string;
  readonly retryable?: boolean;
  readonly round_id?: string;
  readonly next_round_number?: number;
  readonly bound_to?: { readonly bet_amount: string };
}

const BETS = ['1.00', '0.10', '2.50'] as const;
const IDLE_MS = 40 * 60_000;

/**
 * One game client. It spins, repeats what was not answered with the same key, and gives up now and then. Every second one
 * sends the numbers of its rounds. It bets at random, and goes on at the bet to which it is told that the state belongs.
 */
export class Device {
  readonly name: string;
  readonly #world: WorldView;
  readonly holder: Holder;
  #sessionId: string | undefined;
  readonly #numbers: boolean;
  #bonusActive = false;
  #nextRoundNumber = 1;
  #boundBet: string | undefined;
  /** A victim keeps the request that each of its rounds was made by. */
  readonly #requests = new Map<number, Omit<ApiRequest, 'name'>>();

  constructor(world: WorldView, holder: Holder, name: string) {
    this.#world = world;
    this.holder = holder;
    this.name = name;
    this.#numbers = new SeededRandom(`${world.seed}/${name} numbers`).chance(0.5);
  }

  async play(spins: number): Promise<void> {
    const { timeline, decisions, seed } = this.#world;
    for (let spin = 1; spin <= spins; spin += 1) {
      const name = `${this.name} spin ${spin}`;
      const random = new SeededRandom(`${seed}/${name}`);
      await timeline.wait(
        random.chance(0.005) ? IDLE_MS : Math.ceil(-1_000 * Math.log(1 - random.fraction())),
      );
      if (!decisions.take(`${name} is asked for`)) continue;
      this.#world.spins += 1;
      // The account is not the game's alone: what the wallet answers is not what the round alone would make it.
      if (random.chance(0.5))
        timeline.after(random.between(1, 3_000), () => this.#world.deposit(this.holder, minorAmount(1n)));
      await this.#spin(name, random);
    }
  }

  /** With nothing failing: a spin, the rest of a bonus first. True where it was played. */
  async playsOn(): Promise<boolean> {
    for (let turn = 1; turn <= 40; turn += 1) {
      const name = `${this.name} last spin ${turn}`;
      const wasBonus = this.#bonusActive;
      const answer = await this.#spin(name, new SeededRandom(`${this.#world.seed}/${name}`), 8);
      if (answer?.status === 200 && !wasBonus) return true;
      await this.#world.timeline.wait(60_000);
    }
    return false;
  }

  /** Whoever forges a round may also be the player who asks for it again. */
  asksAgain(number: number, afterMs: number): void {
    const request = this.#requests.get(number);
    if (!request) return;
    const { timeline, api } = this.#world;
    timeline.after(
      afterMs,
      () => void api.request({ ...request, name: `${this.name} round ${number} again` }),
    );
  }

  async #spin(
    name: string,
    random: SeededRandom,
    tries = 1 + random.below(6),
  ): Promise<ApiAnswer | undefined> {
    const { api, timeline } = this.#world;
    const sessionId = await this.#session(name, tries);
    if (!sessionId) return undefined;
    const request = this.#request(name, sessionId, random);
    this.#leaveMeanwhile(name, sessionId, random);
    this.#spendMeanwhile(name, random);
    this.#revokeMeanwhile(name, sessionId);
    let last: ApiAnswer | undefined;
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      const answer = await api.request({ ...request, name: `${name} try ${attempt}` });
      if (answer) {
        last = answer;
        if (this.#isVictim) this.#keep(request, answer);
        else this.#checkNumber(request, answer, name);
        if (!this.#mayRepeat(answer)) break;
      }
      // Whoever heard nothing asks again at once; whoever was told to wait waits longer each time.
      await timeline.wait(answer ? random.between(200, 1_500) * 2 ** attempt : random.between(1, 500));
    }
    if (last) await this.#learn(last, random);
    if (last && random.chance(0.12)) await this.#lookAgain(name, request, last, random);
    return last;
  }

  #request(name: string, sessionId: string, random: SeededRandom): Omit<ApiRequest, 'name'> {
    const route = this.#bonusActive ? 'bonus' : 'spin';
    const bet = random.chance(0.2) ? random.pick(BETS) : (this.#boundBet ?? random.pick(BETS));
    return {
      route,
      path: { gameCode: this.holder.gameCode },
      headers: {
        'Idempotency-Key': name.replaceAll(' ', '-'),
        ...(this.#numbers && { 'Round-Number': String(this.#nextRoundNumber) }),
      },
      body: { session_id: sessionId, ...(route === 'spin' && { bet_amount: bet }) },
    };
  }

  #keep(request: Omit<ApiRequest, 'name'>, { body }: ApiAnswer): void {
    const { round_id, next_round_number } = JSON.parse(body) as Problem;
    if (round_id !== undefined && next_round_number !== undefined)
      this.#requests.set(next_round_number - 1, request);
  }

  #checkNumber({ headers }: Omit<ApiRequest, 'name'>, { body }: ApiAnswer, name: string): void {
    const { round_id, next_round_number } = JSON.parse(body) as Problem;
    const number = headers['Round-Number'];
    if (round_id === undefined || number === undefined || next_round_number === Number(number) + 1) return;
    this.#world.fail('a request with a number is that round only', `${name}: ${number}, ${body}`);
  }

  #mayRepeat({ status, body }: ApiAnswer): boolean {
    return (JSON.parse(body) as Problem).retryable ?? status >= 500;
  }

  /** What a client does about an answer before it goes on. */
  async #learn({ status, body }: ApiAnswer, random: SeededRandom): Promise<void> {
    const { code, bonus_active, next_round_number, bound_to } = JSON.parse(body) as Problem & {
      bonus_active?: boolean;
    };
    this.#nextRoundNumber = next_round_number ?? this.#nextRoundNumber;
    if (status === 200) this.#bonusActive = bonus_active === true;
    else if (code === 'STATE_BOUND_TO_BET') this.#boundBet = bound_to?.bet_amount;
    else if (code === 'BONUS_ACTIVE') this.#bonusActive = true;
    else if (code === 'NO_ACTIVE_BONUS') this.#bonusActive = false;
    else if (code === 'INSUFFICIENT_FUNDS')
      this.#world.deposit(this.holder, minorAmount(BigInt(random.between(1, 20)) * 100n));
    else if (status === 401 || code === 'WALLET_REFUSED') this.#sessionId = undefined;
    if (random.chance(this.#world.plan.leaveRate)) this.#leave();
  }

  /** The operator ends the session here, while a round of it may be under way. */
  #revokeMeanwhile(name: string, sessionId: string): void {
    const { timeline, decisions, plan, seed, api } = this.#world;
    const random = new SeededRandom(`${seed}/${name} revocation`);
    const afterMs = random.between(1, random.pick([500, 10_000, 90_000]));
    if (!random.chance(plan.revocationRate) || !decisions.take(`${name}: the session is revoked meanwhile`))
      return;
    const request = { route: 'revoke', path: { sessionId }, headers: {}, body: undefined } as const;
    timeline.after(afterMs, () => void api.request({ ...request, name: `${name} revocation` }));
  }

  /** The player leaves while the game waits for an answer, and the game goes on asking. */
  #leaveMeanwhile(name: string, sessionId: string, random: SeededRandom): void {
    const { timeline, decisions, plan } = this.#world;
    const afterMs = random.between(1, random.pick([500, 10_000, 90_000]));
    if (!random.chance(plan.leaveRate) || !decisions.take(`${name}: the player leaves meanwhile`)) return;
    const { wallets } = this.#world.operatorOf(this.holder.operatorId);
    timeline.after(afterMs, () => wallets.endSession(sessionId));
  }

  /** A win of which the game has not heard yet may be gone before it is taken back. */
  #spendMeanwhile(name: string, random: SeededRandom): void {
    const { timeline, decisions } = this.#world;
    const [afterMs, backMs] = [random.between(1, 10_000), random.between(1, 20 * 60_000)];
    if (!random.chance(0.03) || !decisions.take(`${name}: the player spends everything elsewhere`)) return;
    timeline.after(afterMs, () => {
      timeline.after(backMs, this.#world.spendAll(this.holder));
    });
  }

  /** The player leaves the operator's site, which ends the session there, and comes back later. */
  #leave(): void {
    if (this.#sessionId) this.#world.operatorOf(this.holder.operatorId).wallets.endSession(this.#sessionId);
    this.#sessionId = undefined;
  }

  /** The same request again, or the record of the round that it made. */
  async #lookAgain(
    name: string,
    request: Omit<ApiRequest, 'name'>,
    last: ApiAnswer,
    random: SeededRandom,
  ): Promise<void> {
    const { api, timeline } = this.#world;
    const sessionId = (request.body as { session_id: string }).session_id;
    await timeline.wait(random.between(1, 60_000));
    if (random.chance(0.5)) {
      await api.request({ ...request, name: `${name} again` });
      return;
    }
    const { round_id } = JSON.parse(last.body) as { round_id?: string };
    if (!round_id) return;
    const asked = {
      route: 'round',
      name: `${name} record`,
      path: { roundId: round_id },
      body: undefined,
    } as const;
    const headers = random.chance(0.5)
      ? { 'X-Session-Id': sessionId }
      : { 'X-Operator-Key': this.#operatorKey };
    const record = await api.request({ ...asked, headers });
    if (this.#isVictim) return;
    if (record && record.status < 500 && record.status !== 200 && !isOfEndedSession(record))
      this.#world.fail('a round that was answered can be read', `${name}: ${record.status} ${record.body}`);
  }

  get #isVictim(): boolean {
    return isVictim(this.holder.playerId);
  }

  get #operatorKey(): string {
    return this.#world.operatorOf(this.holder.operatorId).key;
  }

  async #session(name: string, tries: number): Promise<string | undefined> {
    const { operatorId, playerId, gameCode } = this.holder;
    const { api, timeline, plan, seed } = this.#world;
    for (let attempt = 1; !this.#sessionId && attempt <= tries; attempt += 1) {
      const random = new SeededRandom(`${seed}/${name} launch ${attempt}`);
      const byKey = random.chance(0.5);
      const answer = await api.request({
        route: 'session',
        name: `${name} launch ${attempt}`,
        path: { gameCode },
        headers: byKey ? { 'X-Operator-Key': this.#operatorKey } : {},
        body: {
          player_id: playerId,
          operator_id: operatorId,
          currency: plan.currency,
          ...(!byKey && { token: 'token' }),
        },
      });
      if (answer?.status === 200) {
        const { session_id, bonus_active, next_round_number } = JSON.parse(answer.body) as {
          session_id: string;
          bonus_active: boolean;
          next_round_number: number;
        };
        this.#sessionId = session_id;
        this.#bonusActive = bonus_active;
        this.#nextRoundNumber = next_round_number;
      } else await timeline.wait(random.between(500, 5_000));
    }
    return this.#sessionId;
  }
}

/** Whoever reads with a session that has ended is told so. */
function isOfEndedSession({ body }: ApiAnswer): boolean {
  const { code } = JSON.parse(body) as Problem;
  return code === 'SESSION_REVOKED' || code === 'SESSION_EXPIRED';
}
