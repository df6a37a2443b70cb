/** Places of ids that call a type by another word than its name. */
const ALIASES: Readonly<Record<string, string>> = {
  role: 'CustomRole',
  customRole: 'CustomRole',
  client: 'ApiClient',
  secret: 'ApiClientSecret',
  removePasskey: 'Passkey',
  // Both take the id of anything.
  node: 'Match',
  object: 'Connection',
};

/** The GraphQL type that an id at a place such as `approveMatch.input.matchId` names, in small letters: an id by its argument, else by its field. */
export function typeAt(place: string): string {
  const steps = place.split('.');
  const last = steps.at(-1) ?? '';
  const word = last === 'id' ? (steps[0] ?? '') : last.replace(/Ids?$/, '');
  return (ALIASES[word] ?? word).toLowerCase();
}
