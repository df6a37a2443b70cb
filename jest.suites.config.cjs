const { readdirSync, readFileSync } = require('node:fs');
const path = require('node:path');

const suites = readdirSync(path.join(__dirname, 'test/suites')).map(name =>
  readFileSync(path.join(__dirname, 'test/suites', name), 'utf8'),
);
const folders = suites.map(text => /suiteOf\('(.+)'\)/.exec(text)[1]);

/** What `npm test` runs: folders with a suite as one file each, every other test by itself. */
module.exports = {
  ...require('./jest.config.cjs'),
  testMatch: ['<rootDir>/test/**/*.test.ts', '<rootDir>/test/suites/*.suite.ts'],
  testSequencer: '<rootDir>/test/support/suites-first.cjs',
  testPathIgnorePatterns: ['/node_modules/', ...folders.map(folder => `<rootDir>/test/${folder}/[^/]+\\.test\\.ts$`)],
};
