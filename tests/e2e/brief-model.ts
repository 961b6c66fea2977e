// Answers as a model would for the two agents of competitor-brief: it acts only on what is in the request, so a wrong
// tool result or a missing file shows in what it writes. Used with the loopback Messages server.
import type { MessagesBody, Seen, Turn } from '../servers/messages.ts';

type Block = {
  type: string;
  text?: string;
  name?: string;
  input?: unknown;
  content?: unknown;
  tool_use_id?: string;
  id?: string;
};

const blocksOf = (content: unknown): Block[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : ((content ?? []) as Block[]);

const textOf = (content: unknown): string =>
  blocksOf(content)
    .map((block) => block.text ?? '')
    .join('\n');

/** Every tool result so far, with the call that asked for it. */
const resultsOf = (body: MessagesBody): { name: string; input: Record<string, unknown>; result: string }[] => {
  const calls = new Map<string, Block>();
  const out: { name: string; input: Record<string, unknown>; result: string }[] = [];
  for (const message of body.messages) {
    for (const block of blocksOf(message.content)) {
      if (block.type === 'tool_use') calls.set(block.id ?? '', block);
      if (block.type === 'tool_result') {
        const call = calls.get(block.tool_use_id ?? '');
        out.push({
          name: call?.name ?? '',
          input: (call?.input ?? {}) as Record<string, unknown>,
          result: textOf(block.content),
        });
      }
    }
  }
  return out;
};

const pathsIn = (text: string, pattern: RegExp): string[] => [...new Set(text.match(pattern) ?? [])];
const today = (): string =>
  new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit' }).format();

/** Inbox files are named `<package>.md`; the newest version is the first heading with a number in it. */
const analyst = (body: MessagesBody): Turn => {
  const results = resultsOf(body);
  const listed = results.find((one) => one.name === 'list' && one.input['path'] === '/workspace/inbox');
  if (!listed) {
    return {
      text: 'I look at the house rules and the inbox.',
      tools: [
        { name: 'read', input: { path: '/workspace/context/competitors/AGENTS.md' } },
        { name: 'list', input: { path: '/workspace/inbox' } },
      ],
    };
  }
  const files = pathsIn(listed.result, /\/workspace\/inbox\/[\w.-]+\.md/g);
  const read = results.filter(
    (one) => one.name === 'read' && String(one.input['path']).startsWith('/workspace/inbox/'),
  );
  if (read.length === 0)
    return { text: `${files.length} files.`, tools: files.map((path) => ({ name: 'read', input: { path } })) };
  const wrote = results.find((one) => one.name === 'write');
  if (wrote) return { text: `Profiles written for ${read.length} files.` };
  const changes = read.map(({ input, result }) => {
    const source = String(input['path']);
    const name = source.slice('/workspace/inbox/'.length, -'.md'.length);
    const version = /#+ .*?(\d+\.\d+\.\d+)/.exec(result)?.[1] ?? 'unknown';
    const content = `---\nname: ${name}\nstage: version ${version}\nupdated: ${today()}\nsources:\n  - ${source}\n---\n# ${name}\n\nNewest version: ${version} (${source}).\n`;
    return { op: 'put', path: `/workspace/context/competitors/${name}/profile.md`, content };
  });
  return {
    text: 'I write the profiles.',
    tools: [{ name: 'write', input: { changes, message: `Profiles of ${changes.length} packages` } }],
  };
};

const writer = (body: MessagesBody): Turn => {
  const results = resultsOf(body);
  const listed = results.find((one) => one.name === 'list');
  if (!listed) return { tools: [{ name: 'list', input: { path: '/workspace/context/competitors', depth: 2 } }] };
  const profiles = pathsIn(listed.result, /\/workspace\/context\/competitors\/[\w.-]+\/profile\.md/g);
  const briefing = `/workspace/briefings/${today()}.md`;
  const read = results.filter((one) => one.name === 'read');
  if (read.length === 0) {
    return {
      text: 'I read every profile.',
      tools: [...profiles, briefing].map((path) => ({ name: 'read', input: { path } })),
    };
  }
  if (!results.some((one) => one.name === 'write')) {
    const lines = read.flatMap(({ input, result }) => {
      const version = /Newest version: (\S+)/.exec(result)?.[1];
      return version ? [`- ${/competitors\/([^/]+)\//.exec(String(input['path']))?.[1] ?? '?'} is at ${version}`] : [];
    });
    const content = `# Briefing ${today()}\n\n${lines.join('\n')}\n`;
    return {
      tools: [
        { name: 'write', input: { changes: [{ op: 'put', path: briefing, content }], message: 'Briefing of the day' } },
      ],
    };
  }
  if (!results.some((one) => one.name === 'propose')) {
    const effect = { kind: 'notify', title: 'The briefing is ready', body: `Read ${briefing}.` };
    return {
      text: 'I ask to tell you.',
      tools: [
        {
          name: 'propose',
          input: {
            effect,
            title: 'Tell the operator about the briefing',
            rationale: 'A new briefing is worth a look.',
            reversibility: 'irreversible',
          },
        },
      ],
    };
  }
  return { text: `Written: ${briefing}. The notice waits for your decision.` };
};

/** Which agent asks is in its system prompt: the role's own words. */
export const briefModel = (seen: Seen): Turn => {
  const system = textOf((seen.body as { system?: unknown }).system);
  if (system.includes('You keep the profiles')) return analyst(seen.body);
  if (system.includes('You write the briefing')) return writer(seen.body);
  return { text: 'I am here, and I can see your workspace.' };
};
