/** BudgetLine: this month's money at the foot of the rail: used and reserved, of what there is. */
import { Meter } from './Meter.tsx';

export interface BudgetLineProps {
  /** "November" */
  label: string;
  /** "$11.82 of $30.00" */
  text: string;
  used: number;
  held?: number;
  max: number;
  href: string;
}

export function BudgetLine(props: BudgetLineProps) {
  return (
    <a href={props.href}>
      <span class="row between">
        <span>{props.label}</span>
        <span>{props.text}</span>
      </span>
      <Meter value={props.used} {...(props.held === undefined ? {} : { held: props.held })} max={props.max} />
    </a>
  );
}
