import tseslint from 'typescript-eslint';

const noEnvironment = [
  'error',
  { object: 'process', property: 'env', message: 'Read Config instead: only src/config reads the environment.' },
];

export default tseslint.config(
  { ignores: ['dist', 'coverage', '.payymo', '**/*.generated.ts', '**/*.{cjs,mjs}'] },
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  { languageOptions: { parserOptions: { project: 'test/tsconfig.json', tsconfigRootDir: import.meta.dirname } } },
  {
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      'max-lines': ['error', 300],
    },
  },
  {
    files: ['src/**', 'migrations/**'],
    rules: {
      'no-restricted-properties': noEnvironment,
      'no-console': 'error',
      'max-lines-per-function': ['error', 60],
      // GraphQL classes are shapes that rows fit; nothing constructs them.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  // A migration is one statement text.
  { files: ['migrations/**'], rules: { 'max-lines-per-function': 'off' } },
  { files: ['src/config/**'], rules: { 'no-restricted-properties': 'off' } },
);
