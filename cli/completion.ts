import { RULE_CODES } from '../core/diagnostics';
import { type Command, type Option, optionsOf } from './args';
import { quote, type Shell } from './shells';

/** The completion script of a shell, made from the same table that the command line is parsed with. */
export function renderCompletion(shell: Shell, commands: readonly Command[]): string {
  const render = { bash: renderBash, zsh: renderZsh, fish: renderFish }[shell];
  return `${render([...commands, helpOn(commands)]).join('\n')}\n`;
}

/** `masq help COMMAND`, which is no command of the table, since it is about the table. */
function helpOn(commands: readonly Command[]): Command {
  return {
    name: 'help',
    summary: 'explain a command',
    usage: '[COMMAND]',
    description: '',
    options: [],
    positionals: { name: 'COMMAND', min: 0, max: 1, complete: commands.map(command => command.name) },
    examples: [],
  };
}

const GLOBAL_WORDS = ['--help', '--version'];

type Wanted = { readonly words: readonly string[] } | 'files' | 'folders' | 'nothing';

/** What the value of an option is completed with. */
function wantedBy({ choices, value = '' }: Option): Wanted {
  if (choices !== undefined) return { words: choices };
  if (/^(DIR|FOLDER)$/i.test(value)) return 'folders';
  return /^(FILE|PATH)$/i.test(value) ? 'files' : 'nothing';
}

/** What the arguments of a command are completed with. */
function wantedArguments({ positionals }: Command): Wanted {
  if (positionals?.complete === undefined) return 'nothing';
  if (positionals.complete === 'file') return 'files';
  return { words: positionals.complete === 'rule' ? RULE_CODES : positionals.complete };
}

function spellings({ name, short }: Option): string[] {
  return short === undefined ? [`--${name}`] : [`-${short}`, `--${name}`];
}

/** Works from bash 3.2 on and without the bash-completion package. */
function renderBash(commands: readonly Command[]): string[] {
  return [
    '# bash completion for masq; load it with: eval "$(masq completion bash)"',
    '_masq_reply() {',
    '  local line',
    '  COMPREPLY=()',
    '  while IFS= read -r line; do COMPREPLY+=("$line"); done < <("$@")',
    '}',
    '_masq_files() {',
    '  compopt -o filenames 2>/dev/null',
    '  _masq_reply compgen "$1" -- "$2"',
    '}',
    '_masq() {',
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: these are the shell's
    '  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" command="${COMP_WORDS[1]}" i only=',
    '  COMPREPLY=()',
    '  # bash parts "--format=json" into three words',
    '  if [[ $cur == "=" ]]; then cur=; elif [[ $prev == "=" ]]; then prev="${COMP_WORDS[COMP_CWORD-2]}"; fi',
    '  if ((COMP_CWORD == 1)); then',
    `    _masq_reply compgen -W ${quote([...commands.map(c => c.name), ...GLOBAL_WORDS].join(' '))} -- "$cur"`,
    '    return',
    '  fi',
    '  for ((i = 2; i < COMP_CWORD; i++)); do [[ ${COMP_WORDS[i]} == "--" ]] && only=1; done',
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: these are the shell's
    '  case "$command" in',
    ...commands.flatMap(bashCommand),
    '  esac',
    '}',
    'complete -F _masq masq',
  ];
}

function bashCommand(command: Command): string[] {
  const options = optionsOf(command);
  const valued = options.filter(option => option.type === 'string');
  const words = options.map(option => `--${option.name}`).join(' ');
  return [
    `    ${command.name})`,
    ...(valued.length === 0
      ? []
      : [
          '      case "$only$prev" in',
          ...valued.flatMap(o => [
            `        ${spellings(o).join('|')})`,
            `          ${bashReply(wantedBy(o))}`,
            '          return ;;',
          ]),
          '      esac',
        ]),
    '      if [[ -z $only && $cur == -* ]]; then',
    `        _masq_reply compgen -W ${quote(words)} -- "$cur"`,
    '        return',
    '      fi',
    `      ${bashReply(wantedArguments(command))} ;;`,
  ];
}

function bashReply(wanted: Wanted): string {
  if (wanted === 'files') return '_masq_files -f "$cur"';
  if (wanted === 'folders') return '_masq_files -d "$cur"';
  if (wanted === 'nothing') return ':';
  return `_masq_reply compgen -W ${quote(wanted.words.join(' '))} -- "$cur"`;
}

function renderZsh(commands: readonly Command[]): string[] {
  return [
    '#compdef masq',
    '# zsh completion for masq; load it with: eval "$(masq completion zsh)"',
    '_masq() {',
    '  local context state line curcontext="$curcontext"',
    '  if ((CURRENT == 2)); then',
    '    local -a commands=(',
    ...commands.map(({ name, summary }) => `      ${quote(`${escapeColons(name)}:${summary}`)}`),
    '    )',
    "    _describe 'command' commands",
    "    _arguments '--help[show the help]' '--version[show the version]'",
    '    return',
    '  fi',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's
    '  local command="${words[2]}"',
    '  shift words',
    '  ((CURRENT--))',
    '  case "$command" in',
    ...commands.flatMap(zshCommand),
    '  esac',
    '}',
    'if [[ "$funcstack[1]" == "_masq" ]]; then _masq "$@"; else compdef _masq masq; fi',
  ];
}

function zshCommand(command: Command): string[] {
  const specs = optionsOf(command).map(zshOption);
  const { positionals } = command;
  if (positionals !== undefined) {
    const action = zshAction(wantedArguments(command));
    const limit = positionals.max;
    const name = escapeColons(positionals.name);
    if (limit === undefined) specs.push(quote(`*:${name}:${action}`));
    else for (let i = 1; i <= limit; i++) specs.push(quote(`${i}:${name}:${action}`));
  }
  return [
    `    ${command.name})`,
    '      _arguments -s -S \\',
    ...specs.map((spec, index) => `        ${spec}${index === specs.length - 1 ? ' ;;' : ' \\'}`),
  ];
}

function zshOption(option: Option): string {
  const names = spellings(option);
  const help = option.help.replace(/[[\]\\:]/g, '\\$&');
  const value =
    option.type === 'boolean' ? '' : `:${escapeColons(option.value ?? 'VALUE')}:${zshAction(wantedBy(option))}`;
  const tail = `[${help}]${value}`;
  const long = option.type === 'boolean' ? `--${option.name}` : `--${option.name}=`;
  const exclusive = option.multiple ? '*' : `(${names.join(' ')})`;
  if (option.short === undefined) return quote(`${exclusive}${long}${tail}`);
  const short = option.type === 'boolean' ? `-${option.short}` : `-${option.short}+`;
  return `${quote(exclusive)}{${short},${long}}${quote(tail)}`;
}

function zshAction(wanted: Wanted): string {
  if (wanted === 'files') return '_files';
  if (wanted === 'folders') return '_files -/';
  return wanted === 'nothing' ? ' ' : `(${wanted.words.map(word => word.replace(/[\s()\\:]/g, '\\$&')).join(' ')})`;
}

function escapeColons(text: string): string {
  return text.replaceAll(':', '\\:');
}

function renderFish(commands: readonly Command[]): string[] {
  const names = commands.map(command => command.name).join(' ');
  const first = `not __fish_seen_subcommand_from ${names}`;
  return [
    '# fish completion for masq; load it with: masq completion fish | source',
    'complete -c masq -e',
    'complete -c masq -f',
    ...commands.map(c => `complete -c masq -n ${fishQuote(first)} -a ${fishQuote(c.name)} -d ${fishQuote(c.summary)}`),
    `complete -c masq -n ${fishQuote(first)} -s h -l help -d 'show the help'`,
    `complete -c masq -n ${fishQuote(first)} -l version -d 'show the version'`,
    ...commands.flatMap(fishCommand),
  ];
}

function fishCommand(command: Command): string[] {
  const head = `complete -c masq -n ${fishQuote(`__fish_seen_subcommand_from ${command.name}`)}`;
  const lines = optionsOf(command).map(option => {
    const short = option.short === undefined ? '' : ` -s ${option.short}`;
    const value = option.type === 'boolean' ? '' : ` -r ${fishAction(wantedBy(option))}`;
    return `${head}${short} -l ${option.name}${value} -d ${fishQuote(option.help)}`;
  });
  const wanted = wantedArguments(command);
  return wanted === 'nothing' ? lines : [...lines, `${head} ${fishAction(wanted)}`];
}

function fishAction(wanted: Wanted): string {
  if (wanted === 'files') return '-F';
  if (wanted === 'folders') return "-f -a '(__fish_complete_directories (commandline -ct))'";
  return wanted === 'nothing' ? '-f' : `-f -a ${fishQuote(wanted.words.join(' '))}`;
}

/** fish knows two escapes inside single quotes. */
function fishQuote(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
