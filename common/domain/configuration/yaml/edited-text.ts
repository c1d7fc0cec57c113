/** A text that was changed, and where each of its characters was before. */
export type EditedText = { readonly text: string; readonly origin: Origin };

/** Offset in the edited text → offset in the text it came from. */
export type Origin = (offset: number) => number;

/** Replace `remove` characters at `at` by `insert`. */
export type Edit = { readonly at: number; readonly remove: number; readonly insert: string };

/**
 * Applies sorted edits; one that starts inside the text another has replaced is left out. Offsets of the result are found
 * again in logarithmic time.
 */
export function applyEdits(text: string, edits: readonly Edit[]): EditedText {
  if (edits.length === 0) return { text, origin: (offset) => offset };
  const pieces: string[] = [];
  /** Where each untouched piece starts, in the result and in the source. */
  const marks: { readonly to: number; readonly from: number }[] = [{ to: 0, from: 0 }];
  let from = 0;
  let to = 0;
  for (const edit of edits) {
    if (edit.at < from) continue;
    const kept = text.slice(from, edit.at);
    pieces.push(kept, edit.insert);
    to += kept.length;
    marks.push({ to, from: edit.at });
    to += edit.insert.length;
    from = edit.at + edit.remove;
    marks.push({ to, from });
  }
  pieces.push(text.slice(from));
  return { text: pieces.join(''), origin: (offset) => originOf(marks, offset, text.length) };
}

/** What lies behind two changes, one after the other. */
export function composeOrigins(first: Origin, second: Origin): Origin {
  return (offset) => first(second(offset));
}

/** The last mark at or before the offset; inside an insertion the offset stays at the place of the edit. */
function originOf(
  marks: readonly { readonly to: number; readonly from: number }[],
  offset: number,
  length: number,
): number {
  let low = 0;
  let high = marks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((marks[middle]?.to ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  const mark = marks[low];
  if (mark === undefined) return offset;
  const next = marks[low + 1];
  const moved = mark.from + (offset - mark.to);
  return Math.min(moved, next?.from ?? length, length);
}
