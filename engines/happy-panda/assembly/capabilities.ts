import { CapabilitiesWriter, ONE_BET } from '../../sdk/assembly';
import {
  FREE_SPINS,
  LINES,
  MAX_RETRIGGERS,
  MAX_WIN_MILLIONTHS,
  MORE_FREE_SPINS,
  RTP_MILLIONTHS,
} from './maths';

/** The paid spin and every free spin that it can lead to. */
export const MAX_HORIZON: i32 = 1 + FREE_SPINS + MAX_RETRIGGERS * MORE_FREE_SPINS;

export function writeCapabilities(told: CapabilitiesWriter): void {
  told.identity('happy-panda', '1.0.0', 'happy-panda:v1');
  told.baseAction('spin', 'base');
  told.bonusAction('free_spin');
  told.mode('base', ONE_BET, RTP_MILLIONTHS, MAX_WIN_MILLIONTHS);
  told.end(LINES.length, 1000000);
}
