/** The best of many, one after the other: a heap, so that ten of 50,000 do not cost a sort of all. Pure. */
export const bestFirst = function* <T>(all: readonly T[], compare: (a: T, b: T) => number): Generator<T> {
  const heap = [...all];
  const sink = (from: number, length: number): void => {
    const sinking = heap[from] as T;
    let at = from;
    for (let child = 2 * at + 1; child < length; child = 2 * at + 1) {
      if (child + 1 < length && compare(heap[child + 1] as T, heap[child] as T) < 0) child++;
      if (compare(sinking, heap[child] as T) <= 0) break;
      heap[at] = heap[child] as T;
      at = child;
    }
    heap[at] = sinking;
  };
  for (let from = (heap.length >> 1) - 1; from >= 0; from--) sink(from, heap.length);
  for (let length = heap.length; length > 0;) {
    yield heap[0] as T;
    heap[0] = heap[--length] as T;
    sink(0, length);
  }
};
