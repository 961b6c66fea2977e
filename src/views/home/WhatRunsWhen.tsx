/** What a browser tab can and cannot do, said plainly: there is no server that works on while it is closed. */
import { For } from 'solid-js';

const ROWS: readonly (readonly [tab: string, agents: string])[] = [
  ['open', 'run; jobs that wait for a file start by themselves'],
  ['hidden', 'run; the browser may slow them'],
  ['closed', 'nothing runs; a run at work ends, and says so'],
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
              <th scope="col">Agents, jobs, bash lines</th>
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
      <p class="hint mt-3">A schedule in a job’s file is shown but not kept yet: start such a job by hand.</p>
    </section>
  );
}
