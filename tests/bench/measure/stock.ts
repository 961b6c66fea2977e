// What lies in a profile before a measurement begins: nothing, or a workspace of so many files kept by somebody. `ours` has
// ten entries a file, `fresh` is ours with one.

export type Seeded = { of: 'ours' | 'fresh' | 'ydoc' | 'minisearch'; files: number };
export type Stock = { of: 'nothing' } | Seeded;

export const NOTHING: Stock = { of: 'nothing' };
export const ours = (files: number): Stock => (files === 0 ? NOTHING : { of: 'ours', files });
