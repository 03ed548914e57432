import { Random } from './random';

/** Puts the items into an order that is uniform over all of them (Fisher and Yates, as in Knuth's Algorithm P). */
export function shuffle<T>(items: StaticArray<T>, random: Random): void {
  shuffleFirst<T>(items, items.length - 1, random);
}

/** Draws `count` of the items to the front, in a uniform order: a hand from a deck. Takes one uniform integer each. */
export function shuffleFirst<T>(items: StaticArray<T>, count: i32, random: Random): void {
  assert(count <= items.length);
  for (let place = 0; place < count; place++) {
    const chosen = place + <i32>random.below(<u32>(items.length - place));
    const item = items[chosen];
    items[chosen] = items[place];
    items[place] = item;
  }
}
