/** What a browser tab can and cannot do, said plainly: there is no server that works on while it is closed. */
import { For } from 'solid-js';

const ROWS: readonly (readonly [tab: string, agents: string])[] = [
  ['open', 'run'],
  ['hidden', 'run; the browser may slow them'],
  ['closed', 'nothing runs; what was at work ends'],
  ['on a locked phone', 'wait'],
];

export function WhatRunsWhen() {
  return (
    <section aria-labelledby="what-runs-when">
      <div class="h-sec">
        <h2 id="what-runs-when">What runs when</h2>
      </div>
      <div class="card">
        <table class="table">
          <thead>
            <tr>
              <th scope="col">This tab is</th>
              <th scope="col">Agents and bash lines</th>
            </tr>
          </thead>
          <tbody>
            <For each={ROWS}>
              {([tab, agents]) => (
                <tr>
                  <th scope="row">{tab}</th>
                  <td>{agents}</td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </div>
      <p class="hint mt-3">Jobs are started by hand for now: schedules are written in their files and shown, but not yet kept.</p>
    </section>
  );
}
