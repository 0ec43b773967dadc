import { policySuite } from 'pgattest/vitest';
import design from '../../fixtures/fsm/fsm.ts';

policySuite(design);
