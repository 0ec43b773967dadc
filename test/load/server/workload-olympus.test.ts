import olympus from '../../../fixtures/olympus/olympus.ts';
import { workloadSuite } from './workload-suite.ts';

workloadSuite(olympus);
