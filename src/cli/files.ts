import path from 'node:path';

/** The folder with package.json: the checkout, or the root of a build (dist/..). */
export const root = path.resolve(__dirname, __dirname.includes(`${path.sep}dist${path.sep}`) ? '../../..' : '../..');

/** Where the demo keeps what is its own. */
export const demoFile = path.join(root, '.payymo', 'demo.json');

/** The second factors that the token command enrolled for users of the demo. */
export const secondFactorsFile = path.join(root, '.payymo', 'second-factors.json');
