/**
 * What a line did to the shape of the tree, in order and without detours: `mv a b; mv b c` is one move, and a file
 * made and removed again is nothing. A step is only rewritten when no later step touches the same places.
 */
import type { Change } from '../protocol/files.ts';
import { isUnder, type Path } from '../protocol/paths.ts';
import type { FileNode, Node } from './tree.ts';

type Step =
  | { op: 'mkdir'; path: Path; node: Node }
  | { op: 'move'; from: Path; to: Path; node: Node }
  | { op: 'remove'; path: Path; node: Node };

export type Steps = {
  mkdir: (node: Node, path: Path) => void;
  move: (node: Node, from: Path, to: Path) => void;
  remove: (node: Node, path: Path) => void;
  /** Take back the removal of a file at this path, if that is still the last word on it. */
  unremove: (path: Path) => FileNode | undefined;
  changes: () => Change[];
};

const touches = (step: Step, paths: readonly Path[]): boolean => {
  const own = step.op === 'move' ? [step.from, step.to] : [step.path];
  return own.some((a) => paths.some((b) => isUnder(a, b) || isUnder(b, a)));
};

const known = (node: Node): boolean => node.origin !== undefined;

export const createSteps = (): Steps => {
  const steps: Step[] = [];
  // Most nodes have no step yet; knowing that keeps `rm -r` of a large folder linear.
  const moved = new Set<Node>();
  const removed = new Set<Path>();

  const add = (step: Step): void => {
    steps.push(step);
    if (step.op === 'remove') removed.add(step.path);
    else moved.add(step.node);
  };

  /** The step that put this node where it is, if it can still be rewritten. */
  const rewritable = (node: Node, paths: readonly Path[]): number => {
    if (!moved.has(node)) return -1;
    for (let i = steps.length - 1; i >= 0; i--) {
      const step = steps[i];
      if (step?.node === node) return step.op === 'remove' ? -1 : i;
      if (step && touches(step, paths)) return -1;
    }
    return -1;
  };

  return {
    mkdir: (node, path) => add({ op: 'mkdir', path, node }),

    move: (node, from, to) => {
      if (node.kind === 'file' && !known(node)) return;
      const at = rewritable(node, [from, to]);
      const before = steps[at];
      if (!before || before.op === 'remove') add({ op: 'move', from, to, node });
      else if (before.op === 'mkdir') steps[at] = { ...before, path: to };
      else if (before.from === to) steps.splice(at, 1);
      else steps[at] = { ...before, to };
    },

    remove: (node, path) => {
      if (node.kind === 'file' && !known(node)) return;
      const at = rewritable(node, [path]);
      const before = steps[at];
      if (!before || before.op === 'remove') add({ op: 'remove', path, node });
      else if (before.op === 'mkdir') steps.splice(at, 1);
      else {
        steps[at] = { op: 'remove', path: before.from, node };
        removed.add(before.from);
      }
    },

    unremove: (path) => {
      if (!removed.has(path)) return undefined;
      for (let i = steps.length - 1; i >= 0; i--) {
        const step = steps[i];
        if (!step || !touches(step, [path])) continue;
        if (step.op !== 'remove' || step.path !== path || step.node.kind !== 'file') return undefined;
        steps.splice(i, 1);
        return step.node;
      }
      return undefined;
    },

    changes: () =>
      steps.map((step): Change => {
        if (step.op === 'move') return { op: 'move', from: step.from, to: step.to };
        return { op: step.op, path: step.path };
      }),
  };
};
