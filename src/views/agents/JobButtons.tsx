/** JobButtons: run a job now; pause it, or let it go on. */
import type { Job } from '../../../kernel/protocol/formats/job.ts';
import { Button } from '../../ui/Button.tsx';
import type { JobActs } from './job-acts.ts';

export interface JobButtonsProps {
  job: Job;
  /** Why it cannot be run, in words. */
  whyNot: string | undefined;
  acts: JobActs;
}

export function JobButtons(props: JobButtonsProps) {
  return (
    <div class="job-buttons">
      <Button
        small
        icon="play"
        label={`Run now: ${props.job.slug}`}
        busy={props.acts.starting() === props.job.path}
        disabled={props.whyNot !== undefined}
        title={props.whyNot}
        onClick={() => void props.acts.run(props.job.path)}
      >
        Run now
      </Button>
      <Button
        small
        icon={props.job.paused ? 'right' : 'pause'}
        label={props.job.paused ? `Go on with ${props.job.slug}` : `Pause ${props.job.slug}`}
        busy={props.acts.changing() === props.job.path}
        onClick={() => void props.acts.pause(props.job.path, !props.job.paused)}
      >
        {props.job.paused ? 'Go on' : 'Pause'}
      </Button>
    </div>
  );
}
