import type { Subject } from '../../core/analysis/subject';
import { suggest } from '../../core/diagnostics/suggest';

/** The clusters that are asked: all, or the one that is named; or why there is none. */
export function chosen(subjects: readonly Subject[], name: string | undefined): readonly Subject[] | string {
  if (subjects.length === 0) return 'nothing that is named says what happens to packets';
  if (name === undefined) return subjects;
  const found = subjects.filter(subject => subject.name === name);
  if (found.length > 0) return found;
  const names = subjects.map(subject => subject.name);
  const near = suggest(name, names);
  return `--cluster "${name}" is none of the clusters; ${near ? `did you mean "${near}"?` : `there are ${names.join(', ')}`}`;
}
