const UNRELEASED = '## [Unreleased]';

/** What the changelog says of a version. */
export interface Notes {
  /** The day of the release; undefined while it is not released. */
  readonly date: string | undefined;
  /** The text below the heading. */
  readonly text: string;
}

/** The notes of a version; while it is not released, those of what is to be released. */
export function notesOf(changelog: string, version: string): Notes {
  const sections = changelog.split(/^(?=## \[)/m);
  const own = sections.find(section => section.startsWith(`## [${version}]`));
  const section = own ?? sections.find(other => other.startsWith(UNRELEASED)) ?? '';
  const [heading = '', ...lines] = section.split('\n');
  return { date: own && / - (\d{4}-\d{2}-\d{2})$/.exec(heading)?.[1], text: lines.join('\n').trim() };
}

/** The changelog with what is to be released under a version and its day. */
export function released(changelog: string, version: string, date: string): string {
  const heading = `${UNRELEASED}\n\n## [${version}] - ${date}`;
  return changelog.replace(UNRELEASED, heading).replace(/\nTo be \S+\n/, '');
}
