/** Data that others made, where it is: npm run test:vectors. No database is needed. */
module.exports = {
  ...require('./jest.config.cjs'),
  testMatch: ['<rootDir>/test/vectors/*.vectors.ts'],
  globalSetup: undefined,
  globalTeardown: undefined,
};
