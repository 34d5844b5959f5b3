import type { RuleCode } from '../rules';
import { block, type Explanation, intent, prose, SOURCES } from './explanation';

const TEN = (name: string): string => Array.from({ length: 10 }, () => name).join(', ');

/** MQ2xx: documents and their shape. */
export const DOCUMENTS = {
  MQ201: {
    meaning: prose(`
      The text is not valid YAML (JSON is YAML too). ip-masq-agent refuses such a file: a fresh node gets no rule at all,
      and every packet leaves with the pod's address; a running node keeps its old rules.`),
    example: block(`
      nonMasqueradeCIDRs: [10.0.0.0/8
      masqLinkLocal: false
    `),
    fix: 'Close the bracket, quote or indentation at the place that is named.',
    source: `${SOURCES.yaml}; ${SOURCES.upstream}`,
  },
  MQ202: {
    meaning: prose(`
      A map has the same key twice. YAML forbids it, but many readers take the last value silently: with ip-masq-agent
      the first list is lost, and what it preserved is masqueraded.`),
    example: block(`
      nonMasqueradeCIDRs: [10.0.0.0/8]
      nonMasqueradeCIDRs: [192.168.0.0/16]
    `),
    fix: 'Keep one of the two, with all values that are meant.',
    source: `${SOURCES.yaml}; ${SOURCES.upstream}`,
  },
  MQ203: {
    meaning: prose(`
      A key has no meaning where it stands. ip-masq-agent ignores keys that it does not know: it goes on with its
      defaults, says nothing, and masquerades what the list was to preserve. The version that was measured takes its own
      keys in any case; other readers of the same file do not.`),
    example: block(`
      nonMasqueradeCIDR:
        - 10.0.0.0/8
    `),
    fix: 'Write the key that is meant, letter by letter: nonMasqueradeCIDRs.',
    source: SOURCES.upstream,
  },
  MQ204: {
    meaning: prose(`
      A value has the wrong type: text where true or false is wanted, a number where text is wanted, one value where a
      list is wanted. Readers differ in what they make of it; ip-masq-agent refuses the file.`),
    example: block(`
      nonMasqueradeCIDRs: 10.0.0.0/8
      masqLinkLocal: false
    `),
    fix: 'Write a value of the type that is wanted: here a list, [10.0.0.0/8].',
    source: SOURCES.upstream,
  },
  MQ205: {
    meaning: prose(`
      A key that masq needs is missing. Without the cluster's ranges nothing could keep traffic inside the cluster from
      being masqueraded, and on gke-autopilot and anthos-bare-metal the version decides which objects exist.`),
    example: block(`
      apiVersion: masq/v1alpha1
      kind: ClusterIntent
      metadata: {name: prod}
      spec:
        platform: kubernetes
        network:
          nodeCIDRs: [192.168.1.0/24]
    `),
    fix: 'Add the key: here podCIDRs under spec.network. docs/intent.md lists what is required.',
    source: 'the JSON Schema of the intent',
  },
  MQ206: {
    meaning: prose(`
      A value is outside of what its key allows: an unknown word, an empty list where one entry is needed, two keys that
      exclude each other.`),
    example: intent(
      'kubernetes',
      `
      masquerade:
        preserve: [rfc1918]
        linkLocal: keep
    `,
    ),
    fix: 'Write one of the values that are named: here preserve or masquerade.',
    source: 'the JSON Schema of the intent',
  },
  MQ207: {
    meaning: 'A tab is used for indentation. YAML forbids it, and readers refuse the whole text.',
    example: 'nonMasqueradeCIDRs:\n\t- 10.0.0.0/8\n',
    fix: 'Indent with spaces.',
    source: SOURCES.yaml,
  },
  MQ208: {
    meaning: prose(`
      yes, no, on and off are booleans in YAML 1.1, which kubectl and ip-masq-agent read, and plain text in YAML 1.2,
      which many other tools read. The same file then says two things.`),
    example: block(`
      nonMasqueradeCIDRs: [10.0.0.0/8]
      masqLinkLocal: yes
    `),
    fix: 'Write true or false, or put the word in quotes if text is meant.',
    source: 'YAML 1.1 and YAML 1.2',
  },
  MQ209: {
    meaning: prose(`
      A file is larger than masq reads (16 Mi characters, a million lines, 10,000 documents, two million words and
      signs), its values or its ranges' names nest more than 64 levels deep, or a key is longer than the 1,024 characters
      that YAML allows. No configuration of this kind is; most likely it is another file, or one made to exhaust a reader.`),
    example: `nonMasqueradeCIDRs: ${'['.repeat(65)}${']'.repeat(65)}\n`,
    fix: 'Give masq the file that is meant, or split it.',
    source: SOURCES.masq,
  },
  MQ210: {
    meaning: prose(`
      Aliases add more than 100,000 values to the document: a few lines that grow tenfold with each step. masq counts
      before it expands, so nothing was read. Or names of ranges stand for more than two million CIDRs in one file.`),
    example: block(`
      a: &a [${TEN('1')}]
      b: &b [${TEN('*a')}]
      c: &c [${TEN('*b')}]
      d: &d [${TEN('*c')}]
      e: [${TEN('*d')}]
    `),
    fix: 'Write the values out, or use fewer aliases. Of names, split the file.',
    source: SOURCES.masq,
  },
  MQ211: {
    meaning: prose(`
      A key or a list dash has nothing behind it. To ip-masq-agent an empty nonMasqueradeCIDRs is an empty list, so
      everything but link-local is masqueraded; an empty list item takes over a built-in default by its place, so that
      the first becomes 10.0.0.0/8. Templates produce both when a variable is empty.`),
    example: block(`
      nonMasqueradeCIDRs:
        - 192.168.0.0/16
        -
    `),
    fix: 'Write the value, or remove the key or the list item. An empty list is written [].',
    source: SOURCES.upstream,
  },
  MQ212: {
    meaning: prose(`
      A file holds no document that masq knows: no intent, no agent file, no manifest of the agent or the gateway. It was
      read as YAML and otherwise not checked. Where nothing that was named is one, MQ906 says so and the run fails.`),
    example: block(`
      apiVersion: v1
      kind: Service
      metadata: {name: web}
    `),
    fix: 'Leave the file out of the list, or add "apiVersion: masq/v1alpha1" and a kind if it is meant for masq.',
    source: SOURCES.masq,
  },
  MQ213: {
    meaning: prose(`
      A document is meant for masq, but its apiVersion or kind is unknown, so nothing of it can be read with certainty.`),
    example: block(`
      apiVersion: masq/v1alpha1
      kind: ClusterIntnet
      metadata: {name: prod}
    `),
    fix: 'Write "apiVersion: masq/v1alpha1" and "kind: ClusterIntent" or "kind: RangeSet".',
    source: 'the JSON Schema of the intent',
  },
  MQ214: {
    meaning: prose(`
      Two intents have the same name. Each renders to a folder of that name, so one would overwrite the other's
      manifests, and a cluster would get the other's list.`),
    example: [
      intent('kubernetes', 'masquerade: {preserve: [rfc1918]}'),
      intent('kubernetes', 'masquerade: {preserve: [10.0.0.0/8]}'),
    ].join('---\n'),
    fix: 'Give each intent a name of its own under metadata.',
    source: SOURCES.masq,
  },
  MQ215: {
    meaning: prose(`
      ip-masq-agent reads the first document of its file and ignores the rest without a word. What stands behind the
      "---" has no effect on any packet.`),
    example: block(`
      nonMasqueradeCIDRs: [10.1.0.0/16]
      ---
      nonMasqueradeCIDRs: [10.2.0.0/16]
    `),
    fix: 'Keep one document, with all entries in one list.',
    source: SOURCES.upstream,
  },
  MQ216: {
    meaning: prose(`
      resyncInterval is read as a Go duration: numbers with units, without spaces. A number alone is refused, and with it
      the whole file: a fresh node gets no rule. Google's page allows an integer with s or ms.`),
    example: block(`
      nonMasqueradeCIDRs: [10.0.0.0/8]
      resyncInterval: "60"
    `),
    fix: 'Write the unit: 60s.',
    source: `${SOURCES.upstream}; ${SOURCES.standard}`,
  },
  MQ217: {
    meaning: prose(`
      The file is not UTF-8: it was saved as UTF-16 or in an old encoding. The agent and kubectl expect UTF-8; what they
      would make of the bytes is not what an editor shows.`),
    example: '# A file that an editor saved as UTF-16, or a comment with an umlaut in Latin-1\n',
    fix: 'Save the file as UTF-8, without a byte order mark if you can choose.',
    source: SOURCES.yaml,
  },
  MQ218: {
    meaning: prose(`
      A value carries a YAML tag such as !Ref or !vault that no reader of Kubernetes manifests knows. It belongs to
      another tool that has not run yet.`),
    example: block(`
      nonMasqueradeCIDRs:
        - !Ref PodRange
    `),
    fix: 'Run the tool that resolves the tag first, or write the plain value.',
    source: SOURCES.yaml,
  },
  MQ219: {
    meaning: prose(`
      A file has more than 1,000 findings. The gravest are told, and this one counts the others; it is an error when one
      of them is. Most likely all have one reason, or it is another file than meant.`),
    example: '# A list of which more than a thousand entries are mistyped\n',
    fix: 'Mend what is told and look again.',
    source: SOURCES.masq,
  },
  MQ220: {
    meaning: prose(`
      An entry of .masq.yaml, or a masq-ignore comment, names a rule that masq does not have, so that it has no effect.
      A rule goes by its code or its name.`),
    example: block(`
      nonMasqueradeCIDRs:
        - 10.0.0.0/8 # masq-ignore coverd-entry the partner's range
    `),
    fix: 'Write a code that "masq rules" lists.',
    source: SOURCES.masq,
  },
  MQ221: {
    meaning: prose(`
      A masq-ignore comment says which rule's findings are left out on its line, and why: those who read it later cannot
      ask. Without one of the two it has no effect, and neither has one whose rules no comma parts: the second rule may be
      meant as one, or as the reason's first word. The same is said of a word that is nearly masq-ignore before a rule.`),
    example: block(`
      nonMasqueradeCIDRs:
        - 10.0.0.0/8
        - 10.1.0.0/16 # masq-ignore MQ121
    `),
    fix: 'Write the rule and the reason: # masq-ignore MQ121 named by the ticket NET-12.',
    source: SOURCES.masq,
  },
  MQ222: {
    meaning: prose(`
      A masq-ignore comment stands at a line without such a finding. It was mended, or the comment stands at the wrong
      line; left there, it would one day leave out a finding that nobody has looked at. The same is said of a pattern in
      .masq.yaml where neither a file nor a folder is that it begins with, in a run that names no file also of one that
      stands for no file that is there, and of a whole .masq.yaml that is checked in
      a run which has other settings.`),
    example: block(`
      nonMasqueradeCIDRs:
        - 10.0.0.0/8 # masq-ignore MQ121 named by the ticket NET-12
    `),
    fix: 'Remove the comment, or move it to the line of the finding, or to a line of its own above it. Correct the pattern.',
    source: SOURCES.masq,
  },
  MQ223: {
    meaning: prose(`
      An entry of gitops in .masq.yaml is what one would write behind "masq gitops", and masq synth renders what it says.
      This one is not understood, or does not fit the clusters that are rendered: a canary may be none of them any more.
      Nothing was written, neither manifests nor what syncs them, since the two belong together.`),
    example: block(`
      # .masq.yaml
      gitops:
        - argocd --repo https://git.example/network/clusters.git --canary stagging
    `),
    fix: 'Correct the entry as the message says; "masq gitops --help" lists the options.',
    source: SOURCES.masq,
  },
  MQ224: {
    meaning: prose(`
      An entry of targets in .masq.yaml is what one would write behind "masq synth --target", and masq synth renders what
      it says beside the manifests. This one is not understood, or its folder is that of something else: what is applied
      from one folder must be for one data plane.`),
    example: block(`
      # .masq.yaml
      targets:
        - celium --gateway egress=true
    `),
    fix: 'Correct the entry as the message says; "masq synth --help" lists the options.',
    source: SOURCES.masq,
  },
} as const satisfies Partial<Record<RuleCode, Explanation>>;
