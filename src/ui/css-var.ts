/**
 * Sets a CSS custom property through CSSOM. A style attribute would be refused by `style-src 'self'`,
 * so every number that a style needs comes this way. Call it in a `ref`; it follows `value`.
 */
import { createRenderEffect } from 'solid-js';

export function cssVar(el: HTMLElement | SVGElement, name: `--${string}`, value: () => string | number | undefined) {
  createRenderEffect(() => {
    const now = value();
    if (now === undefined) el.style.removeProperty(name);
    else el.style.setProperty(name, String(now));
  });
}
