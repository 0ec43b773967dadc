import { policySuite } from 'pgattest/vitest';
import design from '../../fixtures/aems/aems.ts';

policySuite(design);
