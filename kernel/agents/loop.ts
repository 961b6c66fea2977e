/**
 * The loop of one run: a turn of the model, its tool calls, the next turn, until it is done. Each turn is on record
 * before its calls are made, and each call's outcome before the next turn, so the run file is a checkpoint.
 * A run that was cut short goes on with its last turn as if it had just come; what changes something and is not known to
 * have ended is not called again. A record that cannot be written ends the run: nothing happens off the record.
 */
import { err, ok, type Result, type SysError } from '../protocol/errors.ts';
import { addUsage, type RunRecord, type Usage } from '../protocol/formats/records.ts';
import type { Ended } from '../protocol/ports.ts';
import type { Sys } from '../protocol/sys.ts';
import type { LiveText } from './live.ts';
import type { Message, ModelTurn, Provider, SystemPart, ToolResult, ToolSchema } from './providers/provider.ts';
import type { Fit } from './context.ts';
import { textOf, UNKNOWN, type OpenTurn, type Standing } from './resume.ts';
import { batches, isReadOnly, type Outcome, type ToolUse } from './tools.ts';

export type Loop = {
  sys: Sys;
  provider: Provider;
  live: LiveText;
  system: SystemPart[];
  toolSchemas: ToolSchema[];
  /** Where it starts, or goes on. A run that continues pays for its first part too. */
  standing: Standing;
  /** Makes room in a conversation that has become too long for the model. */
  fit: Fit;
  runTool: (call: ToolUse) => Promise<Outcome>;
  maxTurns: number;
};

/** Why a turn that is neither the end nor a tool call ends the run. */
const STOPS: Record<string, string> = {
  max_tokens:
    "The answer was cut at the model's max_tokens. Raise max_tokens for this model in /system/policy.yaml, or ask for less at once.",
  refusal: 'The model declined to answer.',
  model_context_window_exceeded: "The conversation no longer fits the model's context. Start a new one.",
};

export const runLoop = async (loop: Loop): Promise<Ended> => {
  const { sys, provider, live } = loop;
  const { open } = loop.standing;
  let messages: Message[] = [...loop.standing.messages];
  let usage = loop.standing.used;
  let text = loop.standing.said;

  const log = async (record: RunRecord): Promise<Result<unknown>> => sys.invoke('log', { record });
  const stamp = (): string => new Date(sys.now()).toISOString();
  const end = (state: Ended['state'], error?: SysError): Ended => {
    const usd = provider.cost(usage);
    return {
      state,
      usage,
      ...(text === undefined ? {} : { text }),
      ...(error ? { error } : {}),
      ...(usd === undefined ? {} : { usd }),
    };
  };
  const failed = (error: SysError): Ended => (sys.signal.aborted ? end('cancelled') : end('failed', error));

  const turn = async (): Promise<Result<ModelTurn>> => {
    const fitted = await loop.fit(messages);
    if (!fitted.ok) return fitted;
    messages = fitted.value;
    const started = sys.now();
    const notes: Promise<unknown>[] = [];
    const streamed = await provider.stream(
      { system: loop.system, tools: loop.toolSchemas, messages },
      {
        text: live.show,
        note: (words) => void notes.push(log({ t: 'note', at: stamp(), text: words })),
        wasted: (lost: Usage) => {
          usage = addUsage(usage, lost);
        },
      },
      sys.signal,
    );
    await Promise.all(notes);
    if (!streamed.ok) return streamed;
    const { content, stop, usage: used } = streamed.value;
    usage = addUsage(usage, used);
    const usd = provider.cost(used);
    const record: RunRecord = {
      t: 'model',
      at: stamp(),
      ms: sys.now() - started,
      model: provider.model,
      content,
      stop,
      usage: used,
      ...(usd === undefined ? {} : { usd }),
    };
    const logged = await log(record);
    live.clear();
    return logged.ok ? streamed : logged;
  };

  /** `unsure`: it may have been begun already, by the kernel that stopped. */
  const callTool = async (call: ToolUse, unsure: boolean): Promise<Result<ToolResult>> => {
    const started = sys.now();
    const outcome: Outcome = unsure && !isReadOnly(call) ? { ok: false, text: UNKNOWN } : await loop.runTool(call);
    const { ok: fine, text: result, revisions } = outcome;
    const record: RunRecord = {
      t: 'tool',
      at: stamp(),
      ms: sys.now() - started,
      id: call.id,
      name: call.name,
      input: call.input,
      ok: fine,
      result,
      ...(revisions && revisions.length > 0 ? { revisions } : {}),
    };
    const logged = await log(record);
    if (!logged.ok) return logged;
    return ok({ type: 'tool_result', tool_use_id: call.id, content: result, ...(fine ? {} : { is_error: true }) });
  };

  const callTools = async (calls: ToolUse[], begun: OpenTurn | undefined): Promise<Result<ToolResult[]>> => {
    const results: ToolResult[] = [];
    let unsure = begun !== undefined;
    for (const batch of batches(calls)) {
      if (sys.signal.aborted) return err('ECANCELED', 'The run was stopped.');
      const answers = batch.map(async (call) => {
        const known = begun?.results.get(call.id);
        return known ? ok(known) : callTool(call, unsure);
      });
      // A batch begins when the one before it is on record, so only the first without its results can have been begun.
      if (batch.some((call) => !begun?.results.has(call.id))) unsure = false;
      for (const result of await Promise.all(answers)) {
        if (!result.ok) return result;
        results.push(result.value);
      }
    }
    return ok(results);
  };

  const first = loop.standing.turns - (open ? 1 : 0);
  for (let turns = first; turns < loop.maxTurns; turns++) {
    const begun = turns === first ? open : undefined;
    if (sys.signal.aborted) return end('cancelled');
    const answer = begun ? ok(begun) : await turn();
    // A limit of time that leaves nothing for the first answer: the run did not happen.
    const { error } = answer.ok ? {} : answer;
    if (turns === first && !begun && error?.detail?.['skip'] === true) return end('skipped', error);
    if (!answer.ok) return failed(answer.error);
    const { content, stop } = answer.value;
    text = textOf(content) || text;
    if (content.length > 0) messages.push({ role: 'assistant', content });
    const why = STOPS[stop];
    if (why !== undefined)
      return failed({ code: stop === 'refusal' ? 'EACCES' : 'EDQUOT', call: 'model', message: why });
    const calls = content.filter((block) => block.type === 'tool_use');
    // Some servers say end_turn although they call a tool.
    if (calls.length === 0 && (stop === 'end_turn' || stop === 'stop_sequence')) return end('done');
    // `pause_turn`: the model asks to be called again with what it has.
    if (calls.length === 0 && stop !== 'pause_turn')
      return failed({
        code: 'EPROTO',
        call: 'model',
        message: `The model stopped with "${stop}", which is not understood here.`,
      });
    if (calls.length === 0) continue;
    const results = await callTools(calls, begun);
    if (!results.ok) return failed(results.error);
    messages.push({ role: 'user', content: results.value });
  }
  return failed({
    code: 'EDQUOT',
    call: 'model',
    message: `Stopped after ${loop.maxTurns} turns of the model without an end. What it did so far is kept.`,
  });
};
