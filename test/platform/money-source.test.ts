import { sourceFiles } from '../support/source-files';

/** What may stand beside an amount: a confidence is no money. */
const ALLOWED = ['confidence.toFixed(4)'];

const MONEY = /amount|balance|minor\b|money/i;
const FLOAT = /\bMath\.(round|floor|ceil|trunc|fround)\b|\bparseFloat\b|\b(Number|parseInt)\(|\bNumber\.parse|\.toFixed\(/;

const offences = (files: readonly { readonly path: string; readonly text: string }[]): string[] =>
  files.flatMap(({ path, text }) =>
    text
      .split('\n')
      .map(line => ALLOWED.reduce((rest, allowed) => rest.replaceAll(allowed, ''), line))
      .filter(line => MONEY.test(line) && FLOAT.test(line))
      .map(line => `${path}: ${line.trim()}`),
  );

describe('amounts in the source', () => {
  it('are never rounded or made floats [DAT-005]', () => {
    expect(offences(sourceFiles('src'))).toEqual([]);
  });

  it.each([
    'const cents = Math.round(amount * 100);',
    'const balance = parseFloat(text);',
    'return Number(row.amountMinor) / 100;',
    '  total += Number.parseFloat(invoice.balance);',
    'return (amount / 100).toFixed(2);',
  ])('would be noticed in %j [DAT-005]', line => {
    expect(offences([{ path: 'src/a.ts', text: `const a = 1;\n${line}\n` }])).toHaveLength(1);
  });

  it.each(['const ms = Math.round(elapsed);', 'const amount = BigInt(text);'])('does not mind %j [DAT-005]', line => {
    expect(offences([{ path: 'src/a.ts', text: line }])).toEqual([]);
  });
});
