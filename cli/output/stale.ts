import type { OutputChange } from './plan';

/**
 * What is said of a file that is not as it is to be, with the command that mends it. Where only the ends of its lines
 * differ, that is git's doing, and git would do it again.
 */
export function staleText({ isLineEnds }: OutputChange, why: string, remedy: string): string {
  return isLineEnds
    ? `not up to date: its lines end in CRLF, and are to end in LF; write "* text=auto eol=lf" into .gitattributes, so that git leaves them so, and run "${remedy}"`
    : `not up to date: ${why}; run "${remedy}" and commit the result`;
}
