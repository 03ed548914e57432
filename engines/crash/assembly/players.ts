import { ByteReader, JsonWriter } from '../../sdk/assembly';
import { MAX_ID_BYTES, MAX_PLAYERS } from './maths';

/** Where ids are found by their hash. Twice as many as players, so that at least half are always gaps. */
const PLACES: u32 = 2 * MAX_PLAYERS;

/** One bet of a round. */
export class Bet {
  readonly id: StaticArray<u8> = new StaticArray<u8>(MAX_ID_BYTES);
  idLength: i32 = 0;
  idHash: u32 = 0;
  /** Where it cashes out by itself; 0 for nowhere. */
  autoMillionths: i64 = 0;
  /** What it was cashed out at; 0 while it is not. */
  cashedOutMillionths: i64 = 0;

  get open(): bool {
    return this.cashedOutMillionths == 0;
  }
}

/** The bets of a round, in the order in which they came. */
export class Bets {
  private bets: StaticArray<Bet> = new StaticArray<Bet>(MAX_PLAYERS);
  private searched: StaticArray<u8> = new StaticArray<u8>(MAX_ID_BYTES);
  private searchedLength: i32 = 0;
  private searchedHash: u32 = 0;
  /** By the hash of an id, or behind it where others stand there: the number of its bet from 1 on; 0 for a gap. */
  private places: StaticArray<u16> = new StaticArray<u16>(PLACES);
  count: i32 = 0;

  constructor() {
    for (let place = 0; place < MAX_PLAYERS; place++) this.bets[place] = new Bet();
  }

  at(place: i32): Bet {
    return this.bets[place];
  }

  clear(): void {
    this.count = 0;
    this.places.fill(0);
  }

  /** Reads the id that `find` and `add` are about; false for one that no player has. */
  read(id: ByteReader): bool {
    let length = 0;
    // FNV-1a.
    let hash: u32 = 0x811c9dc5;
    while (!id.exhausted) {
      const byte = id.u8();
      if (length == MAX_ID_BYTES || !isIdByte(byte)) return false;
      this.searched[length] = byte;
      hash = (hash ^ byte) * 0x01000193;
      length += 1;
    }
    this.searchedLength = length;
    this.searchedHash = hash;
    return length > 0;
  }

  find(): Bet | null {
    const number = this.places[this.placeOfSearched()];
    return number == 0 ? null : this.bets[number - 1];
  }

  /** False where there is no room, or the player has a bet. */
  add(autoMillionths: i64): bool {
    if (this.count == MAX_PLAYERS || this.find() != null) return false;
    const bet = this.bets[this.count];
    for (let at = 0; at < this.searchedLength; at++) bet.id[at] = this.searched[at];
    bet.idLength = this.searchedLength;
    bet.idHash = this.searchedHash;
    bet.autoMillionths = autoMillionths;
    bet.cashedOutMillionths = 0;
    this.count += 1;
    this.places[this.placeOfSearched()] = <u16>this.count;
    return true;
  }

  /** Where the searched id stands, or the gap where it belongs. */
  private placeOfSearched(): u32 {
    let place = this.searchedHash % PLACES;
    while (this.places[place] != 0 && !this.isSearched(this.bets[this.places[place] - 1])) {
      place = (place + 1) % PLACES;
    }
    return place;
  }

  private isSearched(bet: Bet): bool {
    if (bet.idHash != this.searchedHash || bet.idLength != this.searchedLength) return false;
    for (let at = 0; at < bet.idLength; at++) if (bet.id[at] != this.searched[at]) return false;
    return true;
  }
}

/** Letters, digits and `. _ : @ -`, as in every player's id. */
function isIdByte(byte: u8): bool {
  const letter = byte | 0x20;
  if (letter >= 0x61 && letter <= 0x7a) return true;
  return (byte >= 0x30 && byte <= 0x3a) || byte == 0x2e || byte == 0x5f || byte == 0x40 || byte == 0x2d;
}

export function writeBets(bets: Bets, json: JsonWriter): void {
  json.beginArray();
  for (let place = 0; place < bets.count; place++) {
    const bet = bets.at(place);
    json.beginObject();
    json.key('id');
    json.plainString(changetype<usize>(bet.id), bet.idLength);
    json.key('auto_millionths');
    writeAmount(bet.autoMillionths, json);
    json.key('cashed_out_millionths');
    writeAmount(bet.cashedOutMillionths, json);
    json.endObject();
  }
  json.endArray();
}

/** `null` for none. */
export function writeAmount(millionths: i64, json: JsonWriter): void {
  if (millionths == 0) json.nothing();
  else json.decimalString(millionths);
}
