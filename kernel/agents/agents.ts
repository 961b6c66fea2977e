/**
 * AgentsPort: runs one agent from its order to its end. Chooses the model (or the recording), tells it where it is,
 * and hands over to the loop. It reaches the workspace only through the handle it is given, and never rejects for
 * anything that a model, a network or a tool can do.
 */
import type { SysError } from '../protocol/errors.ts';
import { emptyUsage, runFile, type Usage } from '../protocol/formats/records.ts';
import type { AgentOrder, AgentsPort, Ended, SecretsPort } from '../protocol/ports.ts';
import type { Sys } from '../protocol/sys.ts';
import { createLiveText } from './live.ts';
import { runLoop } from './loop.ts';
import { createMeter } from './meter.ts';
import { modelFor, priced } from './models.ts';
import { systemPrompt, withDate } from './prompt.ts';
import type { Message, Provider } from './providers/provider.ts';
import { createRehearsal } from './providers/rehearsal.ts';
import { PROVIDERS, type ProviderFactory } from './providers/table.ts';
import { conversation, parseRun, rebuild, usedBy } from './resume.ts';
import { toolSchemas } from './schemas.ts';
import { createTools } from './tools.ts';

export type AgentsOptions = {
  secrets: SecretsPort['use'];
  providers?: Record<string, ProviderFactory>;
  online?: () => boolean;
  maxTurns?: number;
  /** Milliseconds; tests set them low. */
  pace?: { live?: number; rehearsal?: number; waits?: readonly number[] };
};

const PACE = { live: 60, rehearsal: 25, waits: [1_000, 3_000, 8_000] };
const MAX_TURNS = 40;

const over = (state: Ended['state'], error: SysError): Ended => ({ state, error, usage: emptyUsage() });

/** An order that continues this very run: its file names the run itself. */
const isOwn = (sys: Sys, file: string): boolean =>
  sys.run !== '' && file.endsWith(`/${sys.run}.jsonl`) && file === runFile(file.split('/')[3] ?? '', sys.run);

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

  /** The conversation to go on with, and what this run has used of it already. */
  const talkFor = async (sys: Sys, order: AgentOrder): Promise<{ messages: Message[]; used: Usage }> => {
    const asked: Message = { role: 'user', content: [{ type: 'text', text: withDate(order.prompt, order.date) }] };
    const { after } = order;
    if (after === undefined || !isOwn(sys, after)) {
      return { messages: [...(after === undefined ? [] : await conversation(sys, after)), asked], used: emptyUsage() };
    }
    const read = await sys.read(after, { as: 'text' });
    const records = read.ok && typeof read.value.content === 'string' ? parseRun(read.value.content) : [];
    const messages = rebuild(records);
    return { messages: messages.length > 0 ? messages : [asked], used: usedBy(records) };
  };

  const run = async (sys: Sys, order: AgentOrder): Promise<Ended> => {
    const chosen = await providerFor(sys, order);
    if ('ended' in chosen) return chosen.ended;
    const { provider } = chosen;
    const prepared = await provider.prepare();
    if (!prepared.ok) return over('failed', prepared.error);
    return runLoop({
      sys,
      provider,
      live: createLiveText(sys, pace.live),
      system: await systemPrompt(sys, order),
      toolSchemas: toolSchemas(order.role.tools),
      ...(await talkFor(sys, order)),
      runTool: createTools(sys, order.role.tools).run,
      maxTurns: options.maxTurns ?? MAX_TURNS,
    });
  };

  return { run };
};
