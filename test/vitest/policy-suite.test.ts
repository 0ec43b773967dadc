import { policySuite } from 'pgattest/vitest';
import { notes } from './notes/design.ts';

policySuite(notes);
