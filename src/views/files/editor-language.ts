/** The grammar for a file's name, fetched when such a file is first opened. Anything else is plain text. */
import type { Extension } from '@codemirror/state';
import { extensionOf } from './places.ts';

const front = async (): Promise<Extension> => {
  const [{ markdown }, { yamlFrontmatter }] = await Promise.all([
    import('@codemirror/lang-markdown'),
    import('@codemirror/lang-yaml'),
  ]);
  return yamlFrontmatter({ content: markdown() });
};

const GRAMMARS: Record<string, () => Promise<Extension>> = {
  md: front,
  markdown: front,
  yaml: async () => (await import('@codemirror/lang-yaml')).yaml(),
  yml: async () => (await import('@codemirror/lang-yaml')).yaml(),
  json: async () => (await import('@codemirror/lang-json')).json(),
  jsonl: async () => (await import('@codemirror/lang-json')).json(),
};

export const grammarFor = async (path: string): Promise<Extension> => (await GRAMMARS[extensionOf(path)]?.()) ?? [];
