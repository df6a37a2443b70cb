import { errorCatalogue } from './errors';

/**
 * docs/errors.md, from the catalogue.
 * @requirement UX-003
 */
export function errorsDoc(): string {
  const rows = Object.entries(errorCatalogue).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`);
  return `# Errors

Every error of the API has a code in \`extensions.code\` and the request's id in \`extensions.requestId\`. Branch on the code; the message is for people
and may change. Apollo Server adds \`GRAPHQL_PARSE_FAILED\`, \`GRAPHQL_VALIDATION_FAILED\`, \`BAD_REQUEST\` and \`OPERATION_RESOLUTION_FAILURE\` for documents and
requests that are no GraphQL. The same codes stand in the \`errorCode\` of runs and matches.

| code | what it means, and what to do |
|---|---|
${rows.join('\n')}
`;
}
