/**
 * AgentsPort: runs one agent from its order to its end. Chooses the model (or the recording), tells it where it is,
 * and hands over to the loop. It reaches the workspace only through the handle it is given, and never rejects for
 * anything that a model, a network or a tool can do.
 */
import type { SysError } from '../protocol/errors.ts';
import { dayOf, emptyUsage, parseRun, runFile } from '../protocol/formats/records.ts';
import type { Path } from '../protocol/paths.ts';
import type { AgentOrder, AgentsPort, Ended, SecretsPort } from '../protocol/ports.ts';
import type { Sys } from '../protocol/sys.ts';
import { createFit } from './context.ts';
import { createLiveText } from './live.ts';
import { runLoop } from './loop.ts';
import { createMeter } from './meter.ts';
import { modelFor, priced } from './models.ts';
import { systemPrompt, withDate } from './prompt.ts';
import type { Message, Provider } from './providers/provider.ts';
import { createRehearsal } from './providers/rehearsal.ts';
import { PROVIDERS, type ProviderFactory } from './providers/table.ts';
import { conversation, rebuild, startOf, type Standing } from './resume.ts';
import { toolSchemas } from './schemas.ts';
import { createTools } from './tools.ts';

export type AgentsOptions = {
  secrets: SecretsPort['use'];
  providers?: Record<string, ProviderFactory>;
  online?: () => boolean;
  maxTurns?: number;
  /** Tokens that a request may have, instead of what the model's entry in policy says. */
  context?: number;
  /** Milliseconds; tests set them low. */
  pace?: { live?: number; rehearsal?: number; waits?: readonly number[] };
};

const PACE = { live: 60, rehearsal: 25, waits: [1_000, 3_000, 8_000] };
const MAX_TURNS = 40;

const over = (state: Ended['state'], error: SysError): Ended => ({ state, error, usage: emptyUsage() });

/** The run's own record. An order that continues this very run names it. */
const recordOf = (sys: Sys, { after }: AgentOrder): Path =>
  sys.run !== '' && after?.endsWith(`/${sys.run}.jsonl`) ? after : runFile(dayOf(sys.now()), sys.run);

export const createAgents = (options: AgentsOptions): AgentsPort => {
  const pace = { ...PACE, ...options.pace };
  const providers = options.providers ?? PROVIDERS;
  const online = options.online ?? (() => globalThis.navigator?.onLine !== false);

  const providerFor = async (sys: Sys, order: AgentOrder): Promise<{ provider: Provider } | { ended: Ended }> => {
    const { rehearsal, role, date } = order;
    if (rehearsal) return { provider: createRehearsal({ sys, rehearsal, date, delayMs: pace.rehearsal }) };
    const choice = await modelFor(sys, role.model);
    if (!choice.ok) return { ended: over('failed', choice.error) };
    if ('none' in choice.value)
      return { ended: over('skipped', { code: 'ENOENT', call: 'model', message: choice.value.none }) };
    const { model } = choice.value;
    const factory = providers[model.provider];
    if (!factory) {
      const message = `There is no provider "${model.provider}" for ${model.model}. Known: ${Object.keys(providers).join(', ')}.`;
      return { ended: over('failed', { code: 'EINVAL', call: 'model', message }) };
    }
    const paid = await priced(sys, model);
    if (!paid.ok) return { ended: over('failed', paid.error) };
    const meter = createMeter(sys, paid.value);
    return { provider: factory({ model: paid.value, key: options.secrets, online, waits: pace.waits, meter }) };
  };

  /** Where the run starts, or, taken up again, stands. `file` is its own record. */
  const standingFor = async (sys: Sys, order: AgentOrder, file: Path): Promise<Standing> => {
    const { after } = order;
    const read = after === file ? await sys.read(file, { as: 'text' }) : undefined;
    if (read?.ok && typeof read.value.content === 'string') {
      const text = read.value.content;
      const earlier = startOf(parseRun(text))?.after;
      const standing = rebuild(text, file, earlier === undefined ? [] : await conversation(sys, earlier));
      if (standing.messages.length > 0) return standing;
    }
    const asked: Message = { role: 'user', content: [{ type: 'text', text: withDate(order.prompt, order.date) }] };
    const earlier = after === undefined || after === file ? [] : await conversation(sys, after);
    return { messages: [...earlier, asked], used: emptyUsage(), turns: 0 };
  };

  const run = async (sys: Sys, order: AgentOrder): Promise<Ended> => {
    const chosen = await providerFor(sys, order);
    if ('ended' in chosen) return chosen.ended;
    const { provider } = chosen;
    const prepared = await provider.prepare();
    if (!prepared.ok) return over('failed', prepared.error);
    const file = recordOf(sys, order);
    const standing = await standingFor(sys, order, file);
    const system = await systemPrompt(sys, order);
    const schemas = toolSchemas(order.role.tools);
    return runLoop({
      sys,
      provider,
      live: createLiveText(sys, pace.live),
      system,
      toolSchemas: schemas,
      standing,
      fit: createFit(sys, { limit: options.context ?? provider.context, fixed: [system, schemas], file }),
      runTool: createTools(sys, order.role.tools, { again: standing.turns > 0 }).run,
      maxTurns: options.maxTurns ?? MAX_TURNS,
    });
  };

  return { run };
};
