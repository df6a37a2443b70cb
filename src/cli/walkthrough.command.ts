export function walkthrough(): Promise<void> {
  return Promise.reject(new Error('soon'));
}
