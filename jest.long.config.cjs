/** The long suites (crash tests): npm run test:crash. */
module.exports = { ...require('./jest.config.cjs'), testMatch: ['<rootDir>/test/**/*.long.ts'], testTimeout: 300_000, maxWorkers: 1 };
