import { createHash } from 'node:crypto';
import { renderToString } from 'preact-render-to-string';
import type { RunView } from '../../evidence/view.ts';
import { oneLine } from '../text.ts';
import { Claims } from './claims.tsx';
import { Cluster, PopulationSection } from './cluster.tsx';
import { Coverage, hasCoverage } from './coverage.tsx';
import { Header } from './header.tsx';
import { Matrix } from './matrix.tsx';
import { NotAssessed } from './not-assessed.tsx';
import { hasRecovery, Recovery } from './recovery.tsx';
import { script } from './script.ts';
import { style } from './style.ts';
import { Verify } from './verify.tsx';

/** The whole page as one file. The policy in it allows its own style and script and nothing from anywhere else. */
export function renderPage(view: RunView): string {
  return `<!doctype html>\n${renderToString(<Page view={view} />)}\n`;
}

const policy = [
  "default-src 'none'",
  `style-src '${integrity(style)}'`,
  `script-src '${integrity(script)}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

function Page({ view }: { view: RunView }) {
  const { plan } = view;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={policy} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>{oneLine(`${plan.design} ${plan.scenario} ${plan.run} · pgattest`)}</title>
        <Inline tag="style" text={style} />
      </head>
      <body>
        <a class="skip" href="#promises">
          Skip to the promises
        </a>
        <div class="page">
          <Header view={view} />
          <nav aria-label="Sections">
            <a href="#promises">Promises</a>
            {hasRecovery(view) && <a href="#recovery">Recovery</a>}
            <a href="#matrix">Access matrix</a>
            {hasCoverage(view) && <a href="#coverage">Coverage</a>}
            {plan.notAssessed !== undefined && <a href="#not-assessed">Not assessed</a>}
            <a href="#cluster">Cluster</a>
            <a href="#population">Population</a>
            <a href="#verify">Check this report</a>
          </nav>
          <main>
            <Claims view={view} />
            <Recovery view={view} />
            <Matrix view={view} />
            <Coverage view={view} />
            <NotAssessed plan={plan} />
            <Cluster view={view} />
            <PopulationSection view={view} />
            <Verify view={view} />
          </main>
        </div>
        <Inline tag="script" text={script} />
      </body>
    </html>
  );
}

/** Our own constants, never text of a run: everything else on the page is escaped. */
function Inline({ tag: Tag, text }: { tag: 'style' | 'script'; text: string }) {
  return <Tag dangerouslySetInnerHTML={{ __html: text }} />;
}

function integrity(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
