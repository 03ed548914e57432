/** The exports of the wire contract; a game's entry file re-exports them all. */
import { mountedGame } from './erased-game';
import { ABI_VERSION, BAD_INPUT, BUFFER_BYTES, INPUT, OUTPUT } from './wire';

export function rgs_abi(): i32 {
  return ABI_VERSION;
}

export function rgs_in(): i32 {
  return <i32>INPUT;
}

export function rgs_out(): i32 {
  return <i32>OUTPUT;
}

export function rgs_cap(): i32 {
  return BUFFER_BYTES;
}

export function rgs_capabilities(): i32 {
  return mountedGame().capabilities();
}

export function rgs_reset(length: i32): i32 {
  return fits(length) ? mountedGame().reset(length) : BAD_INPUT;
}

export function rgs_step(length: i32): i32 {
  return fits(length) ? mountedGame().step(length) : BAD_INPUT;
}

export function rgs_simulate(length: i32): i32 {
  return fits(length) ? mountedGame().simulate(length) : BAD_INPUT;
}

function fits(length: i32): bool {
  return length >= 0 && length <= BUFFER_BYTES;
}
