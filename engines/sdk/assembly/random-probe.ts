/** A module of its own, so that the random stream can be compared with other implementations; no game contains it. */
import { BLOCK, chacha20Block } from './chacha20';
import { Random } from './random';
import { INPUT } from './wire';

const random = new Random();

/** The 32 bytes of the key go here. */
export function key_at(): i32 {
  return <i32>INPUT;
}

export function block_at(): i32 {
  return <i32>BLOCK;
}

export function block(counter: u32, nonce0: u32, nonce1: u32, nonce2: u32): void {
  chacha20Block(INPUT, counter, nonce0, nonce1, nonce2);
}

export function start_step(nonce: u64): void {
  random.takeSeed();
  random.startStep(nonce);
}

export function next(): u32 {
  return random.next();
}

export function below(bound: u32): u32 {
  return random.below(bound);
}
