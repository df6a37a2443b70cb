import { errorCatalogue, requestErrorCatalogue } from './errors';

/**
 * docs/errors.md, from the catalogue.
 * @requirement UX-003
 */
export function errorsDoc(): string {
  const rows = Object.entries({ ...errorCatalogue, ...requestErrorCatalogue }).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`);
  return `# Errors

Every error of the API has a code in \`extensions.code\` and the request's id in \`extensions.requestId\`. Branch on the code; the message is for people
and may change. The same codes stand in the \`errorCode\` of runs and matches.

| code | what it means, and what to do |
|---|---|
${rows.join('\n')}
`;
}
