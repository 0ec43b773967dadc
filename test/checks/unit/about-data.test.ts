import { expect, test } from 'vitest';
import pullRequest from '../../../scenarios/pull-request.ts';
import { aboutData } from '../../../src/checks/about-data.ts';

test('a pull request is not asked what says more of the data than of the schema', () => {
  expect(pullRequest.without).toEqual(aboutData);
});
