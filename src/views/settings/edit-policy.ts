/**
 * What Settings changes in policy.yaml: autonomy, and the model. Pure; it loads the YAML library, so import it lazily.
 */
import { isMap } from 'yaml';
import type { Autonomy } from '../../../kernel/protocol/formats/role.ts';
import { withScalar, withSection } from '../../client/policy-text.ts';

export type ModelEntry = {
  provider: string;
  base_url: string;
  model: string;
  secret?: string;
  price?: { input: number; output: number };
};

export const withAutonomy = (text: string, autonomy: Autonomy): string => withScalar(text, 'autonomy', autonomy);

const DEFAULT = ['models', 'default'] as const;
const block = (node: unknown): void => {
  // An empty `{}` would grow into one long line.
  if (isMap(node) && node.items.length === 0) node.flow = false;
};

/** Set `models.default`. Fields of it that are not ours (max_tokens, a finer price) stay; what is absent is taken out. */
export const withModel = (text: string, entry: ModelEntry): string =>
  withSection(text, 'models', (doc) => {
    if (!isMap(doc.get('models'))) doc.set('models', doc.createNode({}));
    block(doc.get('models'));
    if (!isMap(doc.getIn(DEFAULT))) doc.setIn(DEFAULT, doc.createNode({}));
    block(doc.getIn(DEFAULT));
    const { price, ...fields } = entry;
    for (const name of ['provider', 'base_url', 'model', 'secret'] as const) {
      if (fields[name] === undefined) doc.deleteIn([...DEFAULT, name]);
      else doc.setIn([...DEFAULT, name], fields[name]);
    }
    const at = [...DEFAULT, 'price'];
    if (price === undefined) doc.deleteIn(at);
    else if (isMap(doc.getIn(at))) {
      doc.setIn([...at, 'input'], price.input);
      doc.setIn([...at, 'output'], price.output);
    } else doc.setIn(at, doc.createNode(price, { flow: true }));
  });

/** Take `models.default` out; `models` stays, so that what is said beside it stays. */
export const withoutModel = (text: string): string =>
  withSection(text, 'models', (doc) => {
    doc.deleteIn(DEFAULT);
    const models = doc.get('models');
    if (isMap(models) && models.items.length === 0) models.flow = true;
  });
