import { requireGoodPassword } from '../../../src/identity/passwords/password-policy';

const owner = { email: 'greta.lindqvist@northwind.example', name: 'Greta Lindqvist' };

describe('the rules for a new password', () => {
  it.each([
    ['a sentence', 'seven quiet lighthouses'],
    ['twelve characters', 'k7#pQz!w9Lmv'],
    ['128 characters', `${'kelp7 orbit '.repeat(10)}tuesday!`],
    ['one alphabet alone, without capitals, digits or signs', 'marmaladeshovelpiano'],
    ['digits alone', '830417295638'],
    ['letters of any alphabet', 'пингвины на крыше'],
    ['characters outside of the first plane', '🦊🌲🎻🪁🧭🫐🍄🪵🐙🔭🛶🥨'],
    ['blanks at its ends', '  seven quiet boats  '],
    ['a short part of the name', 'kit and caboodle ten'],
  ])('allow %s [SEC-021]', async (_what, password) => {
    await expect(requireGoodPassword(password, { email: 'kit@oak.example', name: 'Kit Oak' })).resolves.toBeUndefined();
  });

  it.each([
    ['eleven characters', 'k7#pQz!w9Lm'],
    ['eleven characters of two units each', '🦊🌲🎻🪁🧭🫐🍄🪵🐙🔭🛶'],
    ['129 characters', 'kelp7 orbit '.repeat(11).slice(0, 129)],
    ['nothing', ''],
    ['one that is known', 'leavemealone'],
    ['a known one in capitals', 'LeaveMeAlone'],
    ['a known one with blanks', 'leave me alone'],
    ['a known one with digits behind it', 'password1234'],
    ['a known one with signs around it', '!!football2026!!'],
    ['one character', 'aaaaaaaaaaaaaaaa'],
    ['four characters in any order', 'abbacdabdcabdacb'],
    ['a part that repeats', 'kestrelkestrel'],
    ['a part that repeats and breaks off', 'marblemarblemar'],
    ['the alphabet', 'abcdefghijklm'],
    ['the alphabet backwards', 'zyxwvutsrqpon'],
    ['digits in a row', '012345678901'],
    ['keyboard rows', 'qwertyasdfgh'],
    ['runs with a few characters around', '!abcdef123456!'],
    ['the e-mail address', 'greta.lindqvist@northwind.example'],
    ['a part of the e-mail address', 'my lindqvist password'],
    ['the name in capitals', 'GRETA likes cycling'],
    ['the name of the employer', 'we are northwind!!'],
    ['the name of the product', 'payymo is my gateway'],
  ])('refuse %s [SEC-021]', async (_what, password) => {
    await expect(requireGoodPassword(password, owner, 'input.password')).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { field: 'input.password' },
    });
  });

  it('never quote the password [SEC-005]', async () => {
    for (const password of ['leavemealone', 'kestrelkestrel', 'my lindqvist password']) {
      await expect(requireGoodPassword(password, owner)).rejects.not.toThrow(password);
    }
  });
});
