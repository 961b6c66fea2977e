/** Writes the record of an MCP server's approved tools. Only the effects room is handed this, and only the operator's word leads it there. */
import { must } from '../protocol/errors.ts';
import { approvedToolsFile, type ApprovedTools } from '../protocol/mcp.ts';
import type { Fs } from '../fs/fs.ts';

export type KeepTools = (record: ApprovedTools) => Promise<void>;

export const keepTools =
  (files: Fs): KeepTools =>
  async (record) => {
    const path = approvedToolsFile(record.server);
    const off = Object.entries(record.tools).filter(([, tool]) => tool.changed);
    must(
      await files.write(
        [
          {
            op: 'put',
            path,
            content: `${JSON.stringify(record, null, 2)}\n`,
            base: files.stat(path)?.revision ?? null,
          },
        ],
        {
          actor: 'daemon:consent',
          message:
            off.length > 0
              ? `Changed since approved, and off: ${off.map(([name]) => name).join(', ')}`
              : `Approved tools of ${record.server}`,
          run: '',
          cause: '',
        },
      ),
    );
  };
