import { GameAdapter, mount } from '../../sdk/assembly';
import { SpinState } from './spin-state';
import { SpinObservation, StarterSlot } from './starter-slot';

mount(new GameAdapter<SpinState, u8, SpinObservation>(new StarterSlot()));

export * from '../../sdk/assembly/abi';
