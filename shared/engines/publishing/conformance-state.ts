import type { EngineError } from '../../foundation/errors.ts';
import { sameBytes } from '../../foundation/bytes.ts';
import type { StateRule } from '../state-rule.ts';
import { type PlayedStep, playRound, type Subject } from './conformance-play.ts';
import { wrong } from './nonconformity.ts';

/** The rounds of the other checks have lower numbers, and so other seeds. */
const FIRST_ROUND = 1_000_000;

/**
 * Checks the state rule that a game declares. Where it is `fresh`, every round must end in the first state: those that
 * were played, and more until they have `minSteps`. Each action that opens a round opens as many of the latter.
 * @throws EngineError where a round leaves another state
 */
export async function checkStateRule(
  subject: Subject,
  rule: StateRule,
  played: readonly PlayedStep[][],
  minSteps: number,
): Promise<void> {
  if (rule === 'bound') return;
  const { state: first } = await subject.reset();
  for (const round of played) assertLeaves(subject, round, first);
  const openings = subject.capabilities.actions.filter(({ phase }) => phase !== 'bonus');
  let steps = 0;
  for (let number = FIRST_ROUND; steps < minSteps; ) {
    for (const opening of openings) {
      const round = await playRound(subject, first, number, opening);
      assertLeaves(subject, round, first);
      number += 1;
      steps += round.length;
    }
  }
}

function assertLeaves({ capabilities }: Subject, round: readonly PlayedStep[], first: Uint8Array): void {
  const [opening, last] = [round.at(0), round.at(-1)];
  if (!opening || !last || sameBytes(last.answer.state, first)) return;
  throw leaves(capabilities.actions[opening.input.action]?.name);
}

function leaves(opening: string | undefined): EngineError {
  return wrong(
    `its game declares a fresh state, but a round that ${opening} opened leaves another state than the first; where paid rounds carry state over, declare "state": "bound"`,
  );
}
