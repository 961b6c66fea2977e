/**
 * org.allod/workspace/**: what the program would put into the workspace, at the same paths. Roles and jobs are parsed
 * and stamped with the program's name; one that is broken, or that reaches for what is not the program's own, is left
 * out alone, with a warning. Some places are the operator's, and no program brings files there.
 */
import { hashHex, decodeText } from '../protocol/bytes.ts';
import { check, parseFrontMatter } from '../protocol/formats/document.ts';
import { jobSchema, parseJob, type Job } from '../protocol/formats/job.ts';
import { parseRole, roleSchema, type Role } from '../protocol/formats/role.ts';
import { parsePath, type Path } from '../protocol/paths.ts';
import type { Fork } from './bundle.ts';
import { patternProblem } from './pattern.ts';
import { stampProgram } from './stamp.ts';
import type { TextReader } from './text-reader.ts';
import type { Files } from './unzip.ts';

const FROM = 'org.allod/workspace/';
const ROLE = /^\/workspace\/agents\/([^/]+)\/AGENT\.md$/;
const OF_AGENT = /^\/workspace\/agents\/([^/]+)\//;
const JOB = /^\/workspace\/jobs\/[^/]+\.md$/;

/** Why no program may bring a file there, beyond roles and jobs, which have rules of their own. */
export const notForPrograms = (path: Path): string | undefined => {
  if (path === '/workspace/AGENTS.md') return 'the house rules are yours';
  if (path.startsWith('/workspace/settings/')) return 'settings are yours';
  if (path.startsWith('/workspace/surfaces/')) return 'surfaces you took control of are yours';
  return undefined;
};

/** Places that decide who acts and when. */
export const isAuthority = (path: Path): boolean =>
  path.startsWith('/workspace/agents/') || path.startsWith('/workspace/jobs/');

/** Without these an active program would be a name only. */
export const isFraming = (path: Path): boolean => ROLE.test(path) || JOB.test(path);

type Forks = { forks: Fork[]; roles: Role[]; jobs: Job[]; warnings: string[] };

const forkOf = (path: Path, content: string | Uint8Array): Fork => ({ path, content, sha256: hashHex(content) });

const readRole = (path: Path, text: string): { role?: Role; problem?: string } => {
  const role = parseRole(path, text);
  if (!role.ok) return { problem: role.error.message };
  const folder = ROLE.exec(path)?.[1];
  if (role.value.name !== folder)
    return { problem: `${path}: its name is "${role.value.name}", and must be the folder's.` };
  const pattern = role.value.write.map(patternProblem).find((problem) => problem !== undefined);
  return pattern ? { problem: `${path}: write: ${pattern}.` } : { role: role.value };
};

const readJob = (path: Path, text: string, agents: ReadonlySet<string>): { job?: Job; problem?: string } => {
  const job = parseJob(path, text);
  if (!job.ok) return { problem: job.error.message };
  const { agent, on } = job.value;
  if (agent && !agents.has(agent))
    return { problem: `${path}: runs the agent ${agent}, which this program does not bring.` };
  const pattern = on && patternProblem(on.change);
  return pattern ? { problem: `${path}: on.change: ${pattern}.` } : { job: job.value };
};

/** Keys nobody knows: reported and ignored. */
const unknownKeys = (path: Path, text: string, schema: typeof roleSchema | typeof jobSchema): string[] => {
  const parsed = parseFrontMatter(path, text);
  const checked = parsed.ok ? check(path, schema, parsed.value) : parsed;
  return checked.ok ? checked.value.warnings : [];
};

export const readForks = (files: Files, text: TextReader, program: string): Forks => {
  const out: Forks = { forks: [], roles: [], jobs: [], warnings: [] };
  const brought = [...files.keys()].filter((path) => path.startsWith(FROM)).sort();
  const targetOf = (source: string): Path => `/workspace/${source.slice(FROM.length)}`;
  const leaveOut = (why: string): void => void out.warnings.push(`${why} It is left out.`);

  const stamped = (path: Path, source: string): void => {
    const result = stampProgram(path, source, program);
    if (result.ok) out.forks.push(forkOf(path, result.value));
    else leaveOut(result.error.message);
  };

  for (const source of brought.filter((file) => ROLE.test(targetOf(file)))) {
    const path = targetOf(source);
    const content = text(source);
    const { role, problem } = content.ok ? readRole(path, content.value) : { problem: content.error.message };
    if (!content.ok || !role) {
      leaveOut(problem ?? `${path}: cannot be read.`);
      continue;
    }
    stamped(path, content.value);
    if (out.forks.at(-1)?.path !== path) continue;
    out.roles.push(role);
    out.warnings.push(...unknownKeys(path, content.value, roleSchema));
  }

  const agents = new Set(out.roles.map((role) => role.name));
  for (const source of brought) {
    const path = targetOf(source);
    if (ROLE.test(path)) continue;
    const parsed = parsePath(path);
    const theirs = notForPrograms(path);
    const agent = OF_AGENT.exec(path)?.[1];
    if (!parsed.ok) leaveOut(`${source}: ${parsed.error.message}`);
    else if (theirs) leaveOut(`${path}: ${theirs}.`);
    else if (path.startsWith('/workspace/agents/') && !agents.has(agent ?? ''))
      leaveOut(`${path}: belongs to an agent this program does not bring.`);
    else if (path.startsWith('/workspace/jobs/')) {
      const content = JOB.test(path) ? text(source) : undefined;
      const { job, problem } = content?.ok
        ? readJob(path, content.value, agents)
        : { problem: content ? content.error.message : `${path}: is not a job; jobs are /workspace/jobs/<name>.md.` };
      if (!content?.ok || !job) {
        leaveOut(problem ?? `${path}: cannot be read.`);
        continue;
      }
      stamped(path, content.value);
      if (out.forks.at(-1)?.path !== path) continue;
      out.jobs.push(job);
      out.warnings.push(...unknownKeys(path, content.value, jobSchema));
    } else {
      const bytes = files.get(source) ?? new Uint8Array();
      out.forks.push(forkOf(path, decodeText(bytes) ?? bytes));
    }
  }
  return out;
};
