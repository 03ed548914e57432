/*
 * Happy Panda's simulation in C, to compare the compiled engine with. The game is maths.h, which bench:engines writes from
 * engines/happy-panda/assembly/maths.ts; the counters must come out as the engine's own.
 *
 *   happy-panda SEED_HEX FIRST ROUNDS  ->  one line: nanoseconds of processor time and the counters
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "maths.h"

typedef uint32_t row __attribute__((vector_size(16)));

/* A row's words, turned to the left by n places: each compiler has its own name for it. */
#if defined(__clang__)
#define LEFT(words, n) __builtin_shufflevector(words, words, (n) % 4, (1 + (n)) % 4, (2 + (n)) % 4, (3 + (n)) % 4)
#else
#define LEFT(words, n) __builtin_shuffle(words, (row){(n) % 4, (1 + (n)) % 4, (2 + (n)) % 4, (3 + (n)) % 4})
#endif

static uint32_t seed[8];

static struct {
  uint32_t nonce_low, nonce_high, counter, used;
  uint32_t block[16];
} stream;

static inline row rotate(row words, int bits) { return (words << bits) | (words >> (32 - bits)); }

/* RFC 8439, section 2.3. */
static void next_block(void) {
  const row constants = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
  row key_low, key_high;
  memcpy(&key_low, seed, 16);
  memcpy(&key_high, seed + 4, 16);
  const row input = {stream.counter, 0, stream.nonce_low, stream.nonce_high};
  row a = constants, b = key_low, c = key_high, d = input;
  for (int i = 0; i < 10; i++) {
    a += b; d = rotate(d ^ a, 16);
    c += d; b = rotate(b ^ c, 12);
    a += b; d = rotate(d ^ a, 8);
    c += d; b = rotate(b ^ c, 7);
    b = LEFT(b, 1); c = LEFT(c, 2); d = LEFT(d, 3);
    a += b; d = rotate(d ^ a, 16);
    c += d; b = rotate(b ^ c, 12);
    a += b; d = rotate(d ^ a, 8);
    c += d; b = rotate(b ^ c, 7);
    b = LEFT(b, 3); c = LEFT(c, 2); d = LEFT(d, 1);
  }
  a += constants; b += key_low; c += key_high; d += input;
  memcpy(stream.block, &a, 16);
  memcpy(stream.block + 4, &b, 16);
  memcpy(stream.block + 8, &c, 16);
  memcpy(stream.block + 12, &d, 16);
  stream.counter++;
  stream.used = 0;
}

static void start_step(uint64_t nonce) {
  stream.nonce_low = (uint32_t)nonce;
  stream.nonce_high = (uint32_t)(nonce >> 32);
  stream.counter = 0;
  stream.used = 16;
}

static inline uint32_t next_word(void) {
  if (stream.used == 16) next_block();
  return stream.block[stream.used++];
}

static inline uint32_t below(uint32_t bound) {
  uint64_t product = (uint64_t)next_word() * bound;
  if ((uint32_t)product < bound) {
    const uint32_t excess = -bound % bound;
    while ((uint32_t)product < excess) product = (uint64_t)next_word() * bound;
  }
  return (uint32_t)(product >> 32);
}

static struct { int left, retriggers; } state;
static uint8_t cells[REELS * ROWS];
static int scatters;

static void spin(int set) {
  for (int reel = 0; reel < REELS; reel++) {
    const uint32_t stop = below(lengths[set][reel]);
    for (int row = 0; row < ROWS; row++) cells[reel * ROWS + row] = strips[set][reel][stop + row];
  }
  scatters = 0;
  for (int cell = 0; cell < REELS * ROWS; cell++) scatters += cells[cell] == SCATTER;
}

/* Which lines won, in groups of one symbol and run: the engine keeps them for its view, and so does this. */
static uint32_t won_lines[SYMBOLS * (REELS + 1)];
static int won_keys[SYMBOLS * (REELS + 1)];
static int won_groups;

static int line_pays(void) {
  int total = 0;
  for (int group = 0; group < won_groups; group++) won_lines[won_keys[group]] = 0;
  won_groups = 0;
  for (int line = 0; line < LINES; line++) {
    int symbol = WILD, wilds = 0, run = 0;
    for (; run < REELS; run++) {
      const int here = cells[line_cells[line][run]];
      if (here == WILD) {
        wilds += symbol == WILD;
      } else if (symbol == WILD) {
        symbol = here;
      } else if (here != symbol) {
        break;
      }
    }
    const int pay = pays[symbol][run];
    const int wild_pay = wilds > 0 ? pays[WILD][wilds] : 0;
    if (pay == 0 && wild_pay == 0) continue;
    const int key = wild_pay > pay ? WILD * (REELS + 1) + wilds : symbol * (REELS + 1) + run;
    if (won_lines[key] == 0) won_keys[won_groups++] = key;
    won_lines[key] |= 1u << line;
    total += wild_pay > pay ? wild_pay : pay;
  }
  return total;
}

static uint64_t step(int free_spin, int *triggered) {
  const int multiplier = free_spin ? FIRST_MULTIPLIER + state.retriggers : 1;
  spin(free_spin);
  const uint64_t pay = (uint64_t)multiplier * (uint64_t)(line_pays() + scatter_pays[scatters]);
  *triggered = scatters >= SCATTERS_TO_TRIGGER && (!free_spin || state.retriggers < MAX_RETRIGGERS);
  if (free_spin) {
    state.left--;
    if (*triggered) {
      state.left += MORE_FREE_SPINS;
      state.retriggers++;
    }
  } else if (*triggered) {
    state.left = FREE_SPINS;
    state.retriggers = 0;
  }
  return pay * LINE_BET_MILLIONTHS;
}

int main(int count, char **arguments) {
  if (count != 4 || strlen(arguments[1]) != 64) return 2;
  for (int byte = 0; byte < 32; byte++) {
    unsigned value;
    if (sscanf(arguments[1] + 2 * byte, "%2x", &value) != 1) return 2;
    ((uint8_t *)seed)[byte] = (uint8_t)value;
  }
  const uint64_t first = strtoull(arguments[2], NULL, 10), rounds = strtoull(arguments[3], NULL, 10);
  uint64_t hits = 0, bonuses = 0, bonus_steps = 0, base_payout = 0, bonus_payout = 0, max_win = 0;
  unsigned __int128 squares[3] = {0, 0, 0};
  uint64_t histogram[BUCKETS] = {0};
  struct timespec from, to;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
  for (uint64_t round = first; round < first + rounds; round++) {
    int triggered, again;
    state.left = state.retriggers = 0;
    start_step(round << 16);
    const uint64_t base = step(0, &triggered);
    uint64_t bonus = 0;
    for (uint64_t index = 1; state.left > 0; index++) {
      start_step((round << 16) + index);
      bonus += step(1, &again);
      bonus_steps++;
    }
    const uint64_t win = base + bonus;
    int bucket = 0;
    bonuses += triggered;
    if (win > 0) {
      hits++;
      base_payout += base;
      bonus_payout += bonus;
      if (win > max_win) max_win = win;
      squares[0] += (unsigned __int128)base * base;
      squares[1] += (unsigned __int128)bonus * bonus;
      squares[2] += (unsigned __int128)win * win;
      bucket = BUCKETS - 1;
      while (bucket_starts[bucket] > win) bucket--;
    }
    histogram[bucket]++;
  }
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
  const int64_t elapsed_ns = (to.tv_sec - from.tv_sec) * 1000000000ll + (to.tv_nsec - from.tv_nsec);
  printf("%" PRId64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64, elapsed_ns, hits, bonuses,
         bonus_steps, base_payout, bonus_payout, max_win);
  for (int bucket = 0; bucket < BUCKETS; bucket++) printf(" %" PRIu64, histogram[bucket]);
  printf("\n");
  /* The squares are summed as the engine sums them, and not printed. */
  return squares[0] + squares[1] == squares[2] + 1 ? 3 : 0;
}
