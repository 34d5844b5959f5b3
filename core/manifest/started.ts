/** Shells that a container's command may begin with. */
const SHELL = /(?:^|\/)(?:ba|da|a)?sh$/;

/** Whether a program is ip-masq-agent or masq-agent, by its name. */
export function isAgentProgram(path: string): boolean {
  return /(?:^|\/)(?:ip-masq-agent[^/]*|masq-agent)$/.test(path);
}

/** What a shell makes more of than words that stand for themselves. */
const SHELLS_OWN = /[|&;<>$`"'\\(){}*?~#\n]/;

/**
 * The words of a shell's script that does nothing but start an agent, as in `sh -c "exec /ip-masq-agent --v=2"`: the program
 * and its arguments, with the index of the script; undefined where a shell does anything else.
 */
export function scriptWords(
  words: readonly string[],
): { readonly words: readonly string[]; readonly index: number } | undefined {
  const [shell = '', ...rest] = words;
  const index = rest.findIndex(word => !word.startsWith('-')) + 1;
  const script = words[index];
  if (!SHELL.test(shell) || script === undefined) return undefined;
  if (!/^-[a-z]*c$/.test(words[index - 1] ?? '') || SHELLS_OWN.test(script)) return undefined;
  const [first, ...others] = script.trim().split(/\s+/);
  const [program, ...args] = first === 'exec' ? others : [first!, ...others];
  return program !== undefined && isAgentProgram(program) ? { words: [program, ...args], index } : undefined;
}
