import { expect } from 'chai';
import { retryDelay } from '../src/backoff.ts';

/** So many samples that the random part is visible. */
function samplesOf(failures: number): number[] {
  return Array.from({ length: 200 }, () => retryDelay(failures));
}

describe('the delay before a retry', () => {
  it('doubles with each failure, up to 5 seconds', () => {
    for (const [failures, max] of [
      [1, 300],
      [2, 600],
      [3, 1200],
      [4, 2400],
      [5, 4800],
      [6, 5000],
      [5000, 5000],
    ] as const) {
      const samples = samplesOf(failures);
      expect(Math.max(...samples), `${failures}`).to.be.within(0.75 * max, max);
      expect(Math.min(...samples), `${failures}`).to.be.at.least(max / 2);
    }
  });

  it('is random, so that instances do not all try again at the same moment', () => {
    expect(new Set(samplesOf(3)).size).to.be.greaterThan(100);
  });
});
