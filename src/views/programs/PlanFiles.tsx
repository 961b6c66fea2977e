/** Every file of a bundle with its size and the head of its SHA-256, folded until it is asked for. */
import type { Plan } from '../../../kernel/protocol/plan.ts';
import { Table } from '../../ui/Table.tsx';
import { bytes, hashGroups, plural } from '../../ui/words.ts';

export function PlanFiles(props: { plan: Plan }) {
  return (
    <details>
      <summary class="t13">See every file: {plural(props.plan.files.length, 'file')}, each sealed</summary>
      <Table
        label="Files of the bundle"
        rows={props.plan.files}
        columns={[
          { key: 'path', head: 'File', names: true, cell: (file) => <span class="path">{file.path}</span> },
          { key: 'bytes', head: 'Size', num: true, cell: (file) => bytes(file.bytes) },
          {
            key: 'sha256',
            head: 'SHA-256',
            low: true,
            nowrap: true,
            cell: (file) => <code>{hashGroups(file.sha256)}</code>,
          },
        ]}
      />
    </details>
  );
}
