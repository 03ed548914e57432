import { GameAdapter, mount } from '../../sdk/assembly';
import { KoiPond } from './koi-pond';
import { PondState } from './pond-state';
import { PondObservation } from './pond-view';

mount(new GameAdapter<PondState, u8, PondObservation>(new KoiPond()));

export * from '../../sdk/assembly/abi';
