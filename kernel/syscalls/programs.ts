/**
 * plan, install, activate, deactivate: the operator's calls to the loader. Each mints, for that one process, exactly
 * the write capability the act needs; the loader itself has no other way to reach those places.
 */
import { hashHex } from '../protocol/bytes.ts';
import { err, type Result } from '../protocol/errors.ts';
import { INSTALLED, RECEIPTS } from '../protocol/formats/records.ts';
import { actorName, type Actor } from '../protocol/actor.ts';
import type { Sys } from '../protocol/sys.ts';
import type { Caller, Handler, Kernel } from './kernel.ts';

const handle = (kernel: Kernel, caller: Caller, actor: Actor, paths: string[]): Sys =>
  kernel.sys({
    actor,
    run: hashHex(`${caller.cause}|${kernel.now()}`).slice(0, 8),
    capabilities: paths.length > 0 ? [{ right: 'write', paths }] : [],
    // An act that writes is carried to its end, though the page that asked for it closes.
    signal: paths.length > 0 ? new AbortController().signal : caller.signal,
  });

const named = <T>(name: string, act: () => Promise<Result<T>>): Promise<Result<T>> =>
  actorName.safeParse(name).success ? act() : Promise.resolve(err('EINVAL', `"${name}" is not a program's name.`));

export const plan: Handler<'plan'> = (kernel, caller, { source }) =>
  kernel.ports.loader.plan(handle(kernel, caller, caller.actor, []), source);

export const install: Handler<'install'> = (kernel, caller, { digest }) =>
  kernel.ports.loader.install(
    handle(kernel, caller, caller.actor, ['/programs/*/**', `${INSTALLED}/**`, `${RECEIPTS}/**`]),
    digest,
  );

/** Forked files are attributed to the program; the operator's consent to the plan is what mints its right. */
export const activate: Handler<'activate'> = (kernel, caller, { name }) =>
  named(name, () =>
    kernel.ports.loader.activate(
      handle(kernel, caller, `program:${name}`, ['/workspace/**', `${INSTALLED}/${name}.json`, `${RECEIPTS}/**`]),
      name,
    ),
  );

export const deactivate: Handler<'deactivate'> = (kernel, caller, { name }) =>
  named(name, async () => {
    const program = (await kernel.facts.programs()).find((one) => one.name === name);
    for (const process of kernel.processes.list()) {
      if (process.program === name || (process.agent && program?.agents.includes(process.agent)))
        kernel.processes.kill(process.id);
    }
    return kernel.ports.loader.deactivate(
      handle(kernel, caller, caller.actor, [`${INSTALLED}/${name}.json`, `${RECEIPTS}/**`]),
      name,
    );
  });
