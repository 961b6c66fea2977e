// The page's one default Trusted Types policy; index.html loads it before everything else.
// Solid's static templates pass through createHTML, so it is a tripwire against markup that could run, not a
// sanitiser: text from outside goes through DOMPurify first. Scripts and workers come from our own origin only.

interface DefaultPolicy {
  createHTML(html: string): string;
  createScriptURL(url: string): string;
}

const ACTIVE = /<\s*(?:script|iframe|object|embed|base|meta|link)\b|[\s/"']on[a-z]+\s*=|javascript:/i;

export const policy: DefaultPolicy = {
  createHTML(html) {
    if (ACTIVE.test(html)) throw new TypeError('Refused: this markup could run code.');
    return html;
  },
  createScriptURL(url) {
    const { href, origin } = new URL(url, location.href);
    if (origin !== location.origin) throw new TypeError(`Refused: ${href} is not part of this app.`);
    return href;
  },
};

// Absent in older browsers, which then rely on the rest of the policy.
const factory = (globalThis as { trustedTypes?: { createPolicy(name: string, rules: DefaultPolicy): unknown } })
  .trustedTypes;
factory?.createPolicy('default', policy);
