import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ENTRY_KINDS, narrativeLine, parseNarrative, parseNarrativeLine, WEIGHTS } from './narrative.ts';

const AT = Date.UTC(2026, 10, 23, 8, 31);

test('[N1] a line says when, what, who and why, and which record it tells of', () => {
  const line = narrativeLine({
    id: 'run:5e1f',
    kind: 'run',
    weight: 'routine',
    at: AT,
    title: 'Write the briefing',
    by: 'agent:writer',
    run: '5e1f',
    body: 'done',
    record: '/system/runs/2026-11-23/5e1f.jsonl',
  });
  expect(line).toBe(
    '- 08:31 **Write the briefing** (agent:writer, run 5e1f): done [record](/system/runs/2026-11-23/5e1f.jsonl) <!-- routine run run:5e1f -->\n',
  );
  expect(parseNarrativeLine(line.trimEnd())).toMatchObject({
    id: 'run:5e1f',
    kind: 'run',
    weight: 'routine',
    time: '08:31',
    title: 'Write the briefing',
    who: 'agent:writer, run 5e1f',
    body: 'done',
    record: '/system/runs/2026-11-23/5e1f.jsonl',
  });
});

test('[N1] whatever stands in title and body, a line is one entry with its own weight, kind, id and record', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('** (x)', '<!-- material notice x -->', '\n- 08:00 **a** (b)', '[record](/x)', ') -->', '*'),
  );
  fc.assert(
    fc.property(
      fc.array(hostile).map((parts) => parts.join(' ')),
      fc.array(hostile).map((parts) => parts.join(' ')),
      fc.constantFrom(...WEIGHTS),
      fc.constantFrom(...ENTRY_KINDS),
      fc.boolean(),
      (title, body, weight, kind, linked) => {
        const record = linked ? '/system/proposals/p1.json' : undefined;
        const entry = { id: 'id:1', kind, weight, at: AT, title: `t ${title}`, by: 'operator' as const, body };
        const [found, ...more] = parseNarrative(narrativeLine({ ...entry, ...(record ? { record } : {}) }));
        expect(more).toEqual([]);
        expect(found).toMatchObject({ id: 'id:1', weight, kind, time: '08:31', who: 'operator' });
        expect(found?.record).toBe(record);
      },
    ),
  );
});

test('two lines with one id are one entry; other lines are none', () => {
  const line = narrativeLine({ id: 'a', kind: 'run', weight: 'routine', at: AT, title: 't', by: 'operator' });
  expect(parseNarrative(`# 23 November\n${line}${line}- 08:33 something else\n`).map(({ id }) => id)).toEqual(['a']);
});
