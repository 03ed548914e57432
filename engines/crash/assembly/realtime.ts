import { mountRealtime } from '../../sdk/assembly/realtime';
import { Crash } from './crash';

mountRealtime(new Crash());

export {
  init,
  on_input,
  rgs_abi,
  rgs_cap,
  rgs_capabilities,
  rgs_in,
  rgs_out,
  serialize_state,
  tick,
} from '../../sdk/assembly/realtime';
