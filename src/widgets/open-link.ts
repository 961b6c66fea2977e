/**
 * Links to files and proposals, as properties for an `<a>`. A plain click is the shell's to answer; with a modifier key
 * or the middle button it is an ordinary link, wherever the shell's addresses lead.
 */
import type { Path } from '../../kernel/protocol/paths.ts';
import type { Links, Row } from './widget.ts';

export type Target = { path: Path; line?: number } | { proposal: string };

/** What a row leads to: its proposal, or its place in its file. */
export const targetOf = ({ proposal, stat, line }: Row): Target =>
  proposal ? { proposal: proposal.id } : { path: stat.path, ...(line === undefined ? {} : { line }) };

export const open = (links: Links, to: Target): void => {
  if ('proposal' in to) links.onOpenProposal(to.proposal);
  else links.onOpen(to.path, to.line);
};

/** Is it a click that should stay in this tab? */
export const isPlainClick = (event: MouseEvent): boolean =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

/** `<a {...linkTo(links, target)}>` */
export const linkTo = (links: Links, to: Target): { href: string; onClick: (event: MouseEvent) => void } => ({
  href: links.hrefOf?.(to) ?? '#',
  onClick: (event) => {
    if (!isPlainClick(event)) return;
    event.preventDefault();
    open(links, to);
  },
});
