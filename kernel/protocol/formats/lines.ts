/**
 * Files of one JSON object a line, as the kernel's records are. What is no object is left out: a last line that was cut
 * off while it was written, or one of a version that this one does not know.
 */
export const parseLine = (line: string): object | undefined => {
  try {
    const value: unknown = JSON.parse(line);
    return value !== null && typeof value === 'object' ? value : undefined;
  } catch {
    return undefined;
  }
};

export const parseLines = (text: string): object[] => text.split('\n').flatMap((line) => parseLine(line) ?? []);
