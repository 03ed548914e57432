import { JsonWriter } from './json-writer';
import { ABI_VERSION } from './wire';

const ACTIONS: i32 = 1;
const MODES: i32 = 2;

/** Writes a game's capabilities: the identity, then every action, then every mode. docs/engines.md lists the fields. */
export class CapabilitiesWriter {
  private section: i32 = 0;
  private maxHorizon: u32 = 0;

  constructor(private json: JsonWriter) {}

  /** For the adapter. */
  start(maxHorizon: u32): void {
    this.json.start();
    this.section = 0;
    this.maxHorizon = maxHorizon;
  }

  /** Opens the object. `state` names the encoding of the private state; give it a new version with every change. */
  identity(engineId: string, buildId: string, state: string): void {
    const json = this.json;
    assert(this.section == 0);
    this.section = ACTIONS;
    json.beginObject();
    json.integerField('abi', ABI_VERSION);
    json.stringField('engine_id', engineId);
    json.stringField('build_id', buildId);
    json.integerField('schema_version', 1);
    json.key('encoding');
    json.beginObject();
    json.stringField('state', state);
    json.stringField('action', 'discrete:v1');
    json.stringField('view', 'json:v1');
    json.endObject();
    json.key('action_space');
    json.beginObject();
    json.key('discrete');
    json.beginArray();
  }

  /** An action that opens a round of this mode, and is paid for. */
  baseAction(name: string, mode: string): void {
    this.action(name, 'base', mode);
  }

  /** An action of a round that is open. The first one must be allowed in all of them. */
  bonusAction(name: string): void {
    this.action(name, 'bonus', '');
  }

  /** An action that opens a round of this mode and is also one of an open round. */
  anyAction(name: string, mode: string): void {
    this.action(name, 'any', mode);
  }

  /** All in millionths: the price and the maximum win of the base bet, the return of the price. */
  mode(name: string, price: i64, rtp: i64, maxWin: i64): void {
    const json = this.json;
    if (this.section == ACTIONS) {
      this.section = MODES;
      json.endArray();
      json.endObject();
      json.integerField('max_horizon', this.maxHorizon);
      json.key('modes');
      json.beginArray();
    }
    assert(this.section == MODES);
    json.beginObject();
    json.stringField('name', name);
    json.key('price_millionths');
    json.decimalString(price);
    json.key('rtp_millionths');
    json.decimalString(rtp);
    json.key('max_win_millionths');
    json.decimalString(maxWin);
    json.endObject();
  }

  /** Closes the object. `lines`: 0 for a game that has none. */
  end(lines: i32, preferredBatch: i32): void {
    assert(this.section == MODES);
    this.section = 0;
    this.json.endArray();
    if (lines > 0) this.json.integerField('lines', lines);
    this.json.integerField('preferred_batch', preferredBatch);
    this.json.endObject();
  }

  private action(name: string, phase: string, mode: string): void {
    assert(this.section == ACTIONS);
    this.json.beginObject();
    this.json.stringField('name', name);
    this.json.stringField('phase', phase);
    if (mode.length > 0) this.json.stringField('mode', mode);
    this.json.endObject();
  }
}
