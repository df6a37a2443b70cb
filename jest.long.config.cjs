/** The long suites: npm run test:crash (processes that are killed, and the demo’s PostgreSQL), npm run test:isolation. */
module.exports = { ...require('./jest.config.cjs'), testMatch: ['<rootDir>/test/**/*.long.ts'], testTimeout: 300_000, maxWorkers: 1 };
