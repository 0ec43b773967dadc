import type { ComponentChildren } from 'preact';

/** A box in which something wide scrolls on its own. It takes the focus, so that arrow keys can scroll it. */
export function Scroll(props: { label: string; class?: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form fields, and a landmark for each table is too much
    <div class={`scroll ${props.class ?? ''}`.trimEnd()} tabindex={0} role="group" aria-label={props.label}>
      {props.children}
    </div>
  );
}
