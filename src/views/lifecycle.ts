/**
 * What runs when, said plainly: there is no server that works on while every tab is closed. What the kernel promises of
 * it is [R2], [R8] and [R11] of its specification.
 */
export const LIFECYCLE: readonly (readonly [tabs: string, what: string])[] = [
  ['One is open', 'All of it: agents, bash lines, jobs on a file change and by the clock.'],
  ['All are hidden', 'The same. The browser may slow it, so a job may start some minutes late.'],
  [
    'The last was just closed',
    'Chrome, and browsers built on it, wake it once for up to 150 seconds: a run at work goes on.',
  ],
  [
    'All are closed, the app is installed in Chrome',
    'It is woken about twice a day, when Chrome sees fit, for up to 150 seconds: what is due runs. A script waits for an open tab.',
  ],
  ['All are closed, elsewhere', 'Nothing, until one is opened.'],
];

export const NEXT_OPENING =
  'At the next opening a run that was cut goes on from its last step, and a job that came due is caught up with once. Where the time matters, keep a tab open.';
