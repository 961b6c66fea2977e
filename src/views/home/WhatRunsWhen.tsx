/** What a browser can and cannot do for work that should go on, said plainly, beside the schedule it holds for. */
import { For } from 'solid-js';
import { href } from '../../client/route.ts';
import { LIFECYCLE, NEXT_OPENING } from '../lifecycle.ts';

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
              <th scope="col">Tabs of this app</th>
              <th scope="col">What runs</th>
            </tr>
          </thead>
          <tbody>
            <For each={LIFECYCLE}>
              {([tabs, what]) => (
                <tr>
                  <th scope="row">{tabs}</th>
                  <td>{what}</td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </div>
      <p class="hint mt-3">
        {NEXT_OPENING} <a href={href({ room: 'agents', schedule: true })}>See the schedule</a>
      </p>
    </section>
  );
}
