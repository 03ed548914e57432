import { JsonWriter } from '../../sdk/assembly';
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

export function writeCapabilities(json: JsonWriter): void {
  json.beginObject();
  json.integerField('abi', 1);
  json.stringField('engine_id', 'happy-panda');
  json.stringField('build_id', '1.0.0');
  json.integerField('schema_version', 1);
  json.key('encoding');
  json.beginObject();
  json.stringField('state', 'happy-panda:v1');
  json.stringField('action', 'discrete:v1');
  json.stringField('view', 'json:v1');
  json.endObject();
  json.key('action_space');
  writeActions(json);
  json.integerField('max_horizon', MAX_HORIZON);
  json.key('modes');
  writeModes(json);
  json.integerField('lines', LINES.length);
  json.integerField('preferred_batch', 1000000);
  json.endObject();
}

function writeActions(json: JsonWriter): void {
  json.beginObject();
  json.key('discrete');
  json.beginArray();
  writeAction(json, 'spin', 'base');
  writeAction(json, 'free_spin', 'bonus');
  json.endArray();
  json.endObject();
}

function writeAction(json: JsonWriter, name: string, phase: string): void {
  json.beginObject();
  json.stringField('name', name);
  json.stringField('phase', phase);
  json.endObject();
}

function writeModes(json: JsonWriter): void {
  json.beginArray();
  json.beginObject();
  json.stringField('name', 'base');
  json.stringField('price_millionths', '1000000');
  json.key('rtp_millionths');
  json.decimalString(RTP_MILLIONTHS);
  json.stringField('max_win_millionths', MAX_WIN_MILLIONTHS);
  json.endObject();
  json.endArray();
}
