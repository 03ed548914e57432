import { GameAdapter, mount } from '../../sdk/assembly/index';
import { HappyPanda, Seen, State } from './happy-panda';

export * from '../../sdk/assembly/abi';

mount(new GameAdapter<State, u8, Seen>(new HappyPanda()));
