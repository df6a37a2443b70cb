const { default: Sequencer } = require('@jest/test-sequencer');

/** The suites first, since each takes long and a run ends with its last file; then as jest would. */
module.exports = class extends Sequencer {
  sort(tests) {
    const isSuite = ({ path }) => path.endsWith('.suite.ts');
    const sorted = super.sort(tests);
    return [...sorted.filter(isSuite), ...sorted.filter(test => !isSuite(test))];
  }
};
