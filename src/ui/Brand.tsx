/** Brand: a bounded plot with its corner stone, and whose it is. */
export function Brand(props: { name: string }) {
  return (
    <div class="brand">
      <svg viewBox="0 0 20 20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.6">
        <path d="M3 4.5 12.5 3 17 8.5 14.5 16.5 5 15z" stroke-linejoin="round" />
        <circle cx="5" cy="15" r="2.3" fill="currentColor" stroke="none" />
      </svg>
      <b class="clip">{props.name}</b>
      <span>Allod</span>
    </div>
  );
}
