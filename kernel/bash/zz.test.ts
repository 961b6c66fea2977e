import { test } from 'vitest';
import { fake } from './zz-fake.ts';
import { runLine } from './runner.ts';
test('perf', async () => {
  const files: Record<string,string> = {};
  for (let i = 0; i < 5000; i++) files[`/workspace/ctx/d${i % 64}/e${i % 7}/f${i}.md`] = `line\n${'x'.repeat(440)}${i % 100 === 0 ? 'NEEDLE' : ''}\n`;
  for (const script of ['grep -r NEEDLE . | wc -l','find . -name "*.md" | wc -l','rm -r ctx','cp -r ctx c2', 'for i in $(seq 2000); do echo $i >> l; done; wc -l l','mv ctx c3; ls c3 | wc -l','rg -l NEEDLE | wc -l','sed -i s/line/LINE/ ctx/*/*/*.md']) {
    const f = fake(files);
    const t = Date.now();
    const r = await runLine(f.port, { script }, { timeMs: 20000, outputChars: 2000 });
    const by: any = {}; for (const c of f.calls) by[c.name] = (by[c.name] ?? 0) + 1;
    console.log('$', script, r.code, r.stdout, r.stderr, f.writes[0]?.changes.length, JSON.stringify(by), Date.now() - t, 'ms');
  }
}, 60000);
