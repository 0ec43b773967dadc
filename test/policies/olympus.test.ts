import { policySuite } from 'pgattest/vitest';
import design from '../../fixtures/olympus/olympus.ts';

policySuite(design);
