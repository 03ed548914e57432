import { GameAdapter, mount } from '../../sdk/assembly';
import { FreeSpins } from './free-spins';
import { HappyPanda, PandaAction } from './happy-panda';
import { PandaObservation } from './panda-view';

mount(new GameAdapter<FreeSpins, PandaAction, PandaObservation>(new HappyPanda()));

export * from '../../sdk/assembly/abi';
