/** The programs that come with this copy of the app: a list beside the page, no server behind it. */

export type Offered = {
  name: string;
  version: string;
  title: string;
  description: string;
  /** Absolute. */
  url: string;
  bytes: number;
  sha256: string;
};

const isText = (value: unknown): value is string => typeof value === 'string';

const parseOffered = (value: unknown, base: URL): Offered[] => {
  if (value === null || typeof value !== 'object') return [];
  const { name, version, title, description, url, bytes, sha256 } = value as Record<string, unknown>;
  if (!isText(name) || !isText(url) || !isText(sha256) || !URL.canParse(url, base)) return [];
  return [
    {
      name,
      version: isText(version) ? version : '',
      title: isText(title) ? title : name,
      description: isText(description) ? description : '',
      url: new URL(url, base).href,
      bytes: typeof bytes === 'number' ? bytes : 0,
      sha256,
    },
  ];
};

/** Throws words that can be shown. */
export const fetchCatalogue = async (): Promise<Offered[]> => {
  const base = new URL('programs/index.json', document.baseURI);
  const response = await fetch(base);
  if (!response.ok) throw new Error(`The host answered ${response.status} for ${base.pathname}.`);
  const index: unknown = await response.json();
  const programs = index !== null && typeof index === 'object' && 'programs' in index ? index.programs : undefined;
  if (!Array.isArray(programs)) throw new Error(`${base.pathname} is not a list of programs.`);
  return programs.flatMap((program) => parseOffered(program, base));
};
