import fsm from '../../../fixtures/fsm/fsm.ts';
import { workloadSuite } from './workload-suite.ts';

workloadSuite(fsm);
