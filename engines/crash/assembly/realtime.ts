import { mountRealtime } from '../../sdk/assembly/realtime';
import { Crash } from './crash';

mountRealtime(new Crash());

export { init, on_input, rgs_abi, rgs_cap, rgs_in, serialize_state, tick } from '../../sdk/assembly/realtime';
