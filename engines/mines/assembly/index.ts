import { GameAdapter, mount } from '../../sdk/assembly';
import { Field } from './field';
import { FieldObservation, Mines } from './mines';

mount(new GameAdapter<Field, u8, FieldObservation>(new Mines()));

export * from '../../sdk/assembly/abi';
