/** One line of a preview: text, or a line of a unified diff. */
interface Line {
  readonly kind: 'text' | 'hunk' | 'add' | 'del' | 'same';
  readonly text: string;
}

const BY_SIGN: Readonly<Record<string, Line['kind']>> = { '+': 'add', '-': 'del', ' ': 'same', '\\': 'same' };

/** Only what follows a hunk's header is a diff: a list with hyphens in the text around it is none. */
export function linesOf(details: string): readonly Line[] {
  let inHunk = false;
  return details.split('\n').map((text) => {
    if (/^@@ -\d+(,\d+)? \+\d+(,\d+)? @@/.test(text)) {
      inHunk = true;
      return { kind: 'hunk', text };
    }
    const kind = inHunk ? BY_SIGN[text.slice(0, 1)] : undefined;
    inHunk = kind !== undefined;
    return { kind: kind ?? 'text', text };
  });
}

/** The whole preview. Beyond `fold` lines the rest is folded away, and says how much of it changes something. */
export function Preview({ details, fold }: { details: string; fold: number }) {
  const lines = linesOf(details);
  // A fold that hides two lines saves nothing.
  if (lines.length <= fold + 2) return <Lines lines={lines} />;
  const rest = lines.slice(fold);
  const changes = rest.filter(({ kind }) => kind === 'add' || kind === 'del').length;
  return (
    <div class="preview">
      <Lines lines={lines.slice(0, fold)} />
      <details class="rest">
        <summary>
          {rest.length} more lines{changes > 0 && `, ${changes} of them changed`}
        </summary>
        <Lines lines={rest} />
      </details>
    </div>
  );
}

/** The signs stay in the text, so that no colour is needed to read it. */
function Lines({ lines }: { lines: readonly Line[] }) {
  return (
    <pre class="lines">
      {lines.map(({ kind, text }) => (
        <span class={kind}>{`${text}\n`}</span>
      ))}
    </pre>
  );
}
