/** `install`, `activate` and `deactivate`: programs, with the plan in front of the consent. */
import type { Receipt } from '../protocol/formats/records.ts';
import type { Plan } from '../protocol/plan.ts';
import { call, Refusal, wanted, type Command, type Host } from './command.ts';

const list = (title: string, rows: string[]): string[] =>
  rows.length === 0 ? [] : [`${title}:`, ...rows.map((row) => `  ${row}`)];

const describe = (plan: Plan, source: string): string =>
  [
    `${plan.title} ${plan.version} (${plan.name})${plan.author ? `, by ${plan.author}` : ''}`,
    plan.description,
    plan.signed ? `Signed by ${plan.signed.publisher}.` : 'Not signed.',
    ...(plan.installed ? [`Version ${plan.installed.version} is here already, ${plan.installed.state}.`] : []),
    ...list('It asks to write', plan.powers.write),
    ...list('It asks for the effects', plan.powers.effects),
    ...(plan.powers.spend ? [`It asks to spend up to ${plan.powers.spend.usd} USD per ${plan.powers.spend.per}.`] : []),
    ...list('It does not ask for', plan.notAsked),
    ...list(
      'Agents',
      plan.agents.map(({ name, description, autonomy }) => `${name} (${autonomy}): ${description}`),
    ),
    ...list(
      'Jobs',
      plan.jobs.map(({ title, when }) => `${title}: ${when}`),
    ),
    ...list(
      'Surfaces',
      plan.surfaces.map(({ title }) => title),
    ),
    ...list('Files it brings into the workspace', plan.forks),
    ...list('Yours are kept instead of its own', plan.conflicts),
    ...list('Warnings', plan.warnings),
    `Digest ${plan.digest}, ${plan.files.length} files, ${plan.bytes} bytes. Nothing has been changed.`,
    'To install exactly this:',
    `  install ${source} --digest ${plan.digest}`,
    `  activate ${plan.name}`,
    '',
  ].join('\n');

const planOf = async (source: string, host: Host): Promise<Plan> =>
  call(host, 'plan', { source: /^[a-z]+:\/\//i.test(source) ? source : (await host.read(host.path(source))).slice() });

export const install: Command = {
  usage: 'install URL|FILE [--digest DIGEST]',
  what: 'show what a program asks for; with its digest, install it',
  run: async (words, host) => {
    const option = words.indexOf('--digest');
    const digest = option < 0 ? undefined : wanted(words[option + 1], install.usage);
    const [word] = option < 0 ? words : words.toSpliced(option, 2);
    const source = wanted(word, install.usage);
    await host.flush();
    const plan = await planOf(source, host);
    if (digest === undefined) return describe(plan, source);
    if (plan.digest !== digest) {
      throw new Refusal(
        `${source} now has the digest ${plan.digest}, not the one you agreed to. Nothing was installed; look at the plan again.`,
      );
    }
    const installed = await call(host, 'install', { digest });
    return `${installed.title} ${installed.version} is installed under /programs/${installed.name}. Nothing of it runs yet: activate ${installed.name}\n`;
  },
};

const describeReceipt = (receipt: Receipt): string =>
  [
    `${receipt.program} ${receipt.version}, ${receipt.act} at ${receipt.at}.`,
    ...list('Added', receipt.added),
    ...list('Jobs stopped', receipt.stopped),
    ...list('Grants taken back', receipt.revoked),
    ...list('Surfaces removed', receipt.removed),
    ...(receipt.kept.length > 0 ? [`${receipt.kept.length} files kept, byte for byte.`] : []),
    `Receipt: /system/receipts/${receipt.id}.json`,
    '',
  ].join('\n');

export const activate: Command = {
  usage: 'activate NAME',
  what: "bring a program's files into the workspace and start its jobs",
  run: async ([name], host) => {
    await host.flush();
    return describeReceipt(await call(host, 'activate', { name: wanted(name, activate.usage) }));
  },
};

export const deactivate: Command = {
  usage: 'deactivate NAME',
  what: 'stop a program; every file stays',
  run: async ([name], host) => {
    await host.flush();
    return describeReceipt(await call(host, 'deactivate', { name: wanted(name, deactivate.usage) }));
  },
};
