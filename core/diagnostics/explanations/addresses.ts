import type { RuleCode } from '../rules';
import { block, type Explanation, intent, prose, SOURCES } from './explanation';

/** MQ1xx: addresses and lists of them. */
export const ADDRESSES = {
  MQ101: {
    meaning: prose(`
      The address has bits set beyond its prefix, so it names a host and a range at once. ip-masq-agent refuses the
      whole file because of it: on a fresh node it writes no rule, so every packet leaves with the pod's address; on a
      running node the old rules stay, and changes elsewhere in the file have no effect. Cilium's agent masks the bits
      silently instead. Google's own page shows such an entry, 198.15.5.92/24.`),
    example: block(`
      nonMasqueradeCIDRs:
        - 10.0.0.0/8
        - 198.15.5.92/24
    `),
    fix: 'Write the network address, 198.15.5.0/24, or 198.15.5.92/32 if the one host is meant.',
    source: `RFC 4632; ${SOURCES.upstream}`,
  },
  MQ102: {
    meaning: prose(`
      A number starts with a zero. Readers differ: some take 010.0.0.0/8 for octal and so for 8.0.0.0/8, some for
      10.0.0.0/8, some refuse it. Addresses that belong to somebody else may then be preserved, or your own masqueraded,
      depending on which program reads the file.`),
    example: block(`
      nonMasqueradeCIDRs:
        - 010.0.0.0/8
    `),
    fix: 'Write the number without the zero: 10.0.0.0/8.',
    source: 'RFC 6943, section 3.1.1; npm CIDR libraries, measured',
  },
  MQ103: {
    meaning: prose(`
      A part of an IPv4 address goes from 0 to 255, a group of an IPv6 address from 0 to ffff. ip-masq-agent refuses the
      whole file; some libraries wrap the number instead, and one reads 256.0.0.0/8 as 0.0.0.0/8.`),
    example: block(`
      nonMasqueradeCIDRs:
        - 10.256.0.0/16
    `),
    fix: 'Correct the part; most often a digit was typed twice.',
    source: 'RFC 791, RFC 4291; npm CIDR libraries, measured',
  },
  MQ104: {
    meaning: prose(`
      An IPv4 address has four parts, an IPv6 address eight groups or one "::" in their place. A shorter form has more
      than one reading: 10.1 is 10.1.0.0 to some programs and 10.0.0.1 to others. ip-masq-agent refuses the whole file.`),
    example: block(`
      nonMasqueradeCIDRs:
        - 10.0/16
    `),
    fix: 'Write all parts: 10.0.0.0/16.',
    source: 'RFC 4632, RFC 4291, RFC 6943',
  },
  MQ105: {
    meaning: prose(`
      A prefix length is longer than the address: 32 bits for IPv4, 128 for IPv6. ip-masq-agent refuses the whole file,
      and a fresh node gets no rule at all.`),
    example: block(`
      nonMasqueradeCIDRs:
        - 10.0.0.0/33
    `),
    fix: 'Write a prefix length of 0 to 32 (IPv4) or 0 to 128 (IPv6).',
    source: 'RFC 4632, RFC 4291',
  },
  MQ106: {
    meaning: prose(`
      A range was wanted, and the text has no prefix length. It could be one address, or a network whose length was
      forgotten. ip-masq-agent refuses the whole file; one npm library reads "10.0.0.0/" as 0.0.0.0/0, which would
      preserve pod addresses to the whole internet.`),
    example: block(`
      nonMasqueradeCIDRs:
        - 10.0.0.0
    `),
    fix: 'Write the length, 10.0.0.0/8, or 10.0.0.0/32 for the one address.',
    source: 'RFC 4632; npm CIDR libraries, measured',
  },
  MQ107: {
    meaning: prose(`
      The range is written with a netmask or a wildcard mask. iptables itself takes netmasks, but ip-masq-agent, the
      Kubernetes API and masq want a prefix length: the agent refuses the whole file.`),
    example: block(`
      nonMasqueradeCIDRs:
        - 10.0.0.0/255.0.0.0
    `),
    fix: 'Write the prefix length: 10.0.0.0/8.',
    source: SOURCES.upstream,
  },
  MQ108: {
    meaning: prose(`
      A zone such as %eth0 names an interface of one machine. A rule is written on every node, where the interface may
      have another name or mean another link, so the zone cannot be kept.`),
    example: block(`
      nonMasqueradeCIDRs:
        - fe80::%eth0/10
    `),
    fix: 'Leave the zone out: fe80::/10.',
    source: 'RFC 4007',
  },
  MQ109: {
    meaning: prose(`
      An IPv4 range is written as IPv4-mapped IPv6. ip-masq-agent lets it through its check, then fails while writing the
      rules: the chain is left empty, and every packet leaves with the pod's address, to the internet too.`),
    example: block(`
      nonMasqueradeCIDRs:
        - 10.0.0.0/8
        - "::ffff:192.168.0.0/112"
    `),
    fix: 'Write the IPv4 range: 192.168.0.0/16.',
    source: `RFC 4291, section 2.5.5.2; ${SOURCES.upstream}`,
  },
  MQ110: {
    meaning: prose(`
      There is white space in or around an address, usually from a quoted list or a template. It is part of the text, and
      strict readers refuse it.`),
    example: block(`
      nonMasqueradeCIDRs:
        - "10.0.0.0/8 "
    `),
    fix: 'Remove the white space; of several values in one text, make a list entry of each.',
    source: SOURCES.upstream,
  },
  MQ111: {
    meaning: prose(`
      The text is not an IP address or CIDR in any notation: a host name, a comma-separated list, or something pasted by
      mistake. Rules are written for addresses only; no name is looked up.`),
    example: block(`
      nonMasqueradeCIDRs:
        - gateway.example.com
    `),
    fix: 'Write the address range. In an intent the name of a range may stand too, such as rfc1918.',
    source: 'RFC 4632, RFC 4291',
  },
  MQ112: {
    meaning: prose(`
      One address is wanted and a range is given. A floating IP is put on an interface of one node, and packets leave
      with exactly one source address, so a range has no meaning here.`),
    example: intent(
      'anthos-bare-metal',
      `
      egress:
        floatingIPs: [192.168.1.100/32, 192.168.1.101]
    `,
    ),
    fix: 'Write the address without a prefix length: 192.168.1.100.',
    source: SOURCES.gateway,
  },
  MQ113: {
    meaning: prose(`
      The name stands neither in the registry of special ranges, nor under "ranges" of the document, nor in a RangeSet
      of the same file. Nothing is rendered, since a list with a hole would masquerade what was to be preserved.`),
    example: intent(
      'kubernetes',
      `
      masquerade:
        preserve: [rfc1981]
    `,
    ),
    fix: 'Correct the name (here: rfc1918), define it under "ranges", or write a CIDR. docs/ranges.md lists the registry.',
    source: SOURCES.masq,
  },
  MQ120: {
    meaning: prose(`
      The same range stands twice, as the same text or under two names. It does no harm to packets: the agent writes two
      equal rules, and the second is never reached. It costs time for each new flow.`),
    example: block(`
      nonMasqueradeCIDRs:
        - 10.0.0.0/8
        - 10.0.0.0/8
    `),
    fix: 'Remove one of the two.',
    source: SOURCES.upstream,
  },
  MQ121: {
    meaning: prose(`
      A range lies inside another one of the same list, so its rule is never reached or changes nothing. It is often a
      sign that the wider entry was not meant to be so wide.`),
    example: block(`
      nonMasqueradeCIDRs:
        - 10.0.0.0/8
        - 10.1.0.0/16
    `),
    fix: 'Remove the narrower entry, or narrow the wider one.',
    source: SOURCES.upstream,
  },
  MQ122: {
    meaning: prose(`
      ip-masq-agent takes at most 64 entries, link-local not counted, unless cidrLimit says more. With 65 it refuses the
      whole file: a fresh node gets no rule. Images older than the key ignore cidrLimit, and Google's page does not
      mention it. On gke-autopilot GKE makes the agent's list of the policies, and nobody can give it a cidrLimit. And
      no ConfigMap holds more than 1 MiB, which is a list of about fifty thousand entries: the API server refuses it.`),
    example: block(`
      cidrLimit: 2
      nonMasqueradeCIDRs:
        - 10.0.0.0/8
        - 172.16.0.0/12
        - 192.168.0.0/16
    `),
    fix: prose(`
      Merge ranges until the list is short enough, or raise cidrLimit if your image knows the key. masq renders the
      smallest list and writes cidrLimit where it is needed.`),
    source: SOURCES.upstream,
  },
  MQ123: {
    meaning: prose(`
      An exception lies outside the range that it is taken from, so it takes nothing away. The addresses that it names
      are treated as before; if they stand in another entry, they go on being preserved. The same holds for an entry of
      "always" that nothing is preserved in.`),
    example: intent(
      'kubernetes',
      `
      masquerade:
        preserve:
          - cidr: 10.0.0.0/8
            except: [172.16.9.0/24]
    `,
    ),
    fix: 'Remove the exception, or move it to the entry that contains it.',
    source: SOURCES.masq,
  },
  MQ124: {
    meaning: prose(`
      The exceptions, or the list "always", take away every address of the range, so the entry preserves nothing and
      packets to it are masqueraded. Of an egress policy nothing is left to do: that is an error.`),
    example: intent(
      'kubernetes',
      `
      masquerade:
        preserve:
          - rfc1918
          - cidr: 100.64.0.0/10
            except: [100.64.0.0/11, 100.96.0.0/11]
    `,
    ),
    fix: 'Remove the entry, or narrow what is taken out of it.',
    source: SOURCES.masq,
  },
  MQ125: {
    meaning: 'Named ranges refer to each other in a circle, so none of them stands for any addresses.',
    example: intent(
      'kubernetes',
      `
      ranges:
        office: [branches]
        branches: [office]
      masquerade:
        preserve: [office]
    `,
    ),
    fix: 'Let one of them be a list of CIDRs.',
    source: SOURCES.masq,
  },
  MQ126: {
    meaning: prose(`
      A range of the document has the name of a range of the registry. A reader who knows rfc1918 would take it for the
      RFC's, while the document means something else.`),
    example: intent(
      'kubernetes',
      `
      ranges:
        rfc1918: [10.0.0.0/8]
      masquerade:
        preserve: [rfc1918]
    `,
    ),
    fix: 'Choose another name, such as private.',
    source: SOURCES.masq,
  },
  MQ127: {
    meaning: prose(`
      A named range is defined and never used: its addresses are treated as if it were not there. Either it is left
      over, or a list forgot it.`),
    example: intent(
      'kubernetes',
      `
      ranges:
        office: [203.0.113.0/24]
      masquerade:
        preserve: [rfc1918]
    `,
    ),
    fix: 'Use the name in a list, or remove the definition.',
    source: SOURCES.masq,
  },
} as const satisfies Partial<Record<RuleCode, Explanation>>;
