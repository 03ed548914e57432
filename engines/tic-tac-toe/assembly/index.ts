import { GameAdapter, mount } from '../../sdk/assembly';
import { Board } from './board';
import { BoardObservation, TicTacToe } from './tic-tac-toe';

mount(new GameAdapter<Board, u8, BoardObservation>(new TicTacToe()));

export * from '../../sdk/assembly/abi';
