import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ARCHETYPES, WIDGETS, type Panel, type WidgetName } from '../../kernel/protocol/formats/surfaces.ts';
import { spans } from './spans.ts';

const panels = (...widgets: WidgetName[]): Panel[] =>
  widgets.map((widget) => ({ widget, bind: { file: '/workspace/a.csv' } }));

describe('spans', () => {
  test('rows of a dashboard are always full and keep their order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...WIDGETS), { minLength: 1, maxLength: 12 }), (widgets) => {
        const widths = spans({ archetype: 'dashboard', panels: panels(...widgets) });
        expect(widths).toHaveLength(widgets.length);
        let row = 0;
        for (const width of widths) {
          expect(row + width).toBeLessThanOrEqual(6);
          row = (row + width) % 6;
        }
        expect(row).toBe(0);
      }),
    );
  });

  test('a metric stands beside what is wide; the rest is read downwards', () => {
    expect(spans({ archetype: 'dashboard', panels: panels('metric', 'table') })).toEqual([2, 4]);
    expect(spans({ archetype: 'dashboard', panels: panels('metric', 'metric', 'metric', 'table') })).toEqual([
      2, 2, 2, 6,
    ]);
    expect(spans({ archetype: 'dashboard', panels: panels('list', 'queue') })).toEqual([3, 3]);
    for (const archetype of ARCHETYPES.filter((each) => each !== 'dashboard')) {
      expect(spans({ archetype, panels: panels('metric', 'table') })).toEqual([6, 6]);
    }
  });
});
