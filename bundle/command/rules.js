"use strict";var P=Object.defineProperty;var ne=Object.getOwnPropertyDescriptor;var se=Object.getOwnPropertyNames;var oe=Object.prototype.hasOwnProperty;var re=(n,s)=>{for(var o in s)P(n,o,{get:s[o],enumerable:!0})},ie=(n,s,o,d)=>{if(s&&typeof s=="object"||typeof s=="function")for(let h of se(s))!oe.call(n,h)&&h!==o&&P(n,h,{get:()=>s[h],enumerable:!(d=ne(s,h))||d.enumerable});return n};var de=n=>ie(P({},"__esModule",{value:!0}),n);var ve={};re(ve,{explain:()=>ee,run:()=>fe});module.exports=de(ve);var S=n=>(s,o,...d)=>({name:s,severity:n,also:d,title:o}),a=S("error"),l=S("warning"),v=S("note"),O={MQ101:a("host-bits-set","A CIDR has bits set beyond its prefix"),MQ102:a("leading-zero","A number in an address starts with a zero, which some readers take for octal"),MQ103:a("part-out-of-range","A part of an address is larger than its family allows"),MQ104:a("wrong-number-of-parts","An address has parts missing, doubled or too many"),MQ105:a("prefix-out-of-range","A prefix length is longer than the address"),MQ106:a("missing-prefix","A CIDR has no prefix length"),MQ107:a("netmask-notation","A range is written with a netmask instead of a prefix length"),MQ108:a("zone","An address carries a zone"),MQ109:a("ipv4-mapped","An IPv4-mapped IPv6 address is used"),MQ110:a("whitespace","An address has white space in or around it"),MQ111:a("not-an-address","A text is not an IP address at all"),MQ112:a("cidr-for-address","A CIDR is written where one address is wanted"),MQ113:a("unknown-range","A name is neither a range of the registry nor of the document"),MQ120:l("duplicate-entry","A list names the same range twice"),MQ121:l("covered-entry","A range lies inside another one of the same list"),MQ122:v("cidr-limit","A list has more than 64 entries, the limit of ip-masq-agent","error","warning"),MQ123:l("except-outside","An exception lies outside the range that it is taken from"),MQ124:l("except-covers-all","The exceptions take away the whole range","error"),MQ125:a("range-cycle","Named ranges refer to each other in a circle"),MQ126:a("range-name-taken","A named range has the name of a range of the registry","warning"),MQ127:l("unused-range","A named range is never used"),MQ201:a("yaml-syntax","The text is not valid YAML"),MQ202:a("duplicate-key","A map has the same key twice"),MQ203:a("unknown-key","A key has no meaning where it stands","warning"),MQ204:a("wrong-type","A value has the wrong type"),MQ205:a("missing-key","A required key is missing"),MQ206:a("value-not-allowed","A value is outside of what its key allows"),MQ207:a("tab-indentation","A tab is used for indentation"),MQ208:a("yaml11-boolean","A YAML 1.1 boolean such as yes or on is used"),MQ209:a("too-large","A file or a document is larger than masq reads"),MQ210:a("alias-bomb","Aliases or names of ranges expand to more than masq reads"),MQ211:a("null-value","A value is missing behind its key or list dash"),MQ212:v("nothing-to-check","A file holds no document that masq knows"),MQ213:a("unknown-kind","A masq document has an unknown kind or apiVersion"),MQ214:a("duplicate-cluster","Two intents have the same name"),MQ215:a("several-documents","An ip-masq-agent file holds several documents"),MQ216:a("bad-duration","A duration is not written as ip-masq-agent reads it"),MQ217:a("not-utf8","A file is not UTF-8 text"),MQ218:a("unknown-tag","A value carries a YAML tag"),MQ219:v("findings-left-out","A file has more findings than masq tells"),MQ220:a("unknown-rule","A setting or a comment names a rule that does not exist"),MQ221:a("bare-ignore","A masq-ignore comment lacks the rule or the reason"),MQ222:v("idle-ignore","A masq-ignore comment or a rule of .masq.yaml leaves nothing out"),MQ223:a("gitops-entry","An entry of gitops in the settings cannot be rendered"),MQ224:a("target-entry","An entry of targets in the settings cannot be rendered"),MQ301:a("cluster-range-masqueraded","Traffic inside the cluster would be masqueraded"),MQ302:a("link-local-contradiction","Link-local is to be masqueraded and is preserved by the list","warning"),MQ303:a("internet-without-route","Pod addresses are preserved to the internet without a declared route","warning"),MQ304:l("pod-range-elsewhere","Pods keep a non-RFC 1918 source towards a range that contains their own"),MQ305:l("node-range-on-premises","A node range overlaps an on-premises range: traffic can loop"),MQ306:a("cluster-ranges-overlap","Node, pod and service ranges overlap each other"),MQ307:l("nothing-preserved","The list is empty and preserves nothing"),MQ308:l("family-without-pods","An entry is of an address family that the pods do not have"),MQ309:a("ipv6-pods-masqueraded","IPv6 is enabled without one preserved IPv6 range"),MQ310:l("implicit-defaults","No list is given: the agent falls back to built-in defaults","note"),MQ311:a("resync-too-short","The resync interval would make the agent spin"),MQ312:a("bad-to-ports","The masquerade port ranges are not valid"),MQ313:a("bad-masq-chain","The masquerade chain has a reserved or too long name"),MQ314:v("nothing-to-render","The intent needs no object of its own"),MQ315:l("cluster-ranges-unknown","The cluster declares no range of a kind that masq keeps safe"),MQ316:l("node-ip-outside","A node's address is in no node range"),MQ317:l("service-range-on-premises","A service range overlaps an on-premises range: hosts there are out of reach"),MQ318:a("unusable-cluster-range","A cluster range holds addresses that no pod, node or Service can have"),MQ319:l("agent-without-list","The agent is described, but there is no list that it would enforce"),MQ320:l("on-premises-range-of-pods","An on-premises range lies inside a pod range: hosts there are out of reach"),MQ321:a("agent-image-missing","masq-agent is to run, and no image of it is named"),MQ322:a("other-flavor","A key is about another agent than the one that is to run","warning"),MQ323:l("metrics-address","Metrics are to be served on an address that not every node has","error"),MQ324:l("metrics-port","Metrics are to be served on a port of Kubernetes' own","error"),MQ401:a("gke-chain","On GKE the chain must be IP-MASQ"),MQ402:a("dataplane-v2-random-fully","GKE Dataplane V2 needs --random-fully=false","note"),MQ403:l("disable-default-snat-ignored","disableDefaultSnat has no effect beside ip-masq-agent"),MQ404:l("windows-node-pools","IP masquerading is not supported on Windows node pools"),MQ405:a("autopilot-version","The Autopilot version has no EgressNATPolicy"),MQ406:a("autopilot-dataplane","EgressNATPolicy on Autopilot needs Dataplane V2"),MQ407:a("autopilot-link-local","Autopilot always preserves link-local"),MQ408:a("autopilot-default-policy","What happens to the generated default policy is not said"),MQ409:v("autopilot-undocumented","Google does not document how a custom policy and default combine"),MQ410:a("gke-managed-policy","The GKE-managed policy cannot be written"),MQ411:a("not-expressible","The platform cannot express this","warning"),MQ412:a("bad-version","The platform version cannot be read"),MQ413:a("gke-deploys-agent","GKE deploys ip-masq-agent itself on this cluster"),MQ414:a("defaults-depend-on-image","The default destinations of this GKE version depend on the node image"),MQ415:a("target-cannot","The data plane that is rendered for cannot express this"),MQ416:a("target-lacks","The data plane that is rendered for has to know more"),MQ501:a("source-ip-not-floating","The egress source IP is not among the floating IPs"),MQ502:a("source-ip-shared","Two policies use the same egress source IP"),MQ503:a("floating-ip-outside","A floating IP is in no node subnet"),MQ504:a("floating-ip-reserved","A floating IP is the network or broadcast address of its subnet"),MQ505:a("floating-ip-of-node","A floating IP is a node's own address"),MQ506:l("single-floating-ip","An L2 domain has fewer than two floating IPs"),MQ507:a("gateway-ipv4-only","The egress gateway handles IPv4 only"),MQ508:a("policies-overlap","Two policies claim the same packet with different source IPs"),MQ509:a("destination-in-cluster","An egress destination contains addresses of the cluster itself","warning"),MQ510:l("selects-every-pod","An egress rule selects every pod"),MQ511:a("gateway-version","The version does not have this gateway kind"),MQ512:a("gateway-broken-version","The egress gateway is broken in this version"),MQ513:l("gateway-preview","Clusters with the preview of the egress gateway cannot be upgraded"),MQ514:a("gateway-switch","The gateway is switched on the wrong way for this version","warning"),MQ515:v("gateway-v1-unpublished","The v1 policy of bare metal clusters is not published"),MQ516:a("duplicate-floating-ip","A floating IP is listed twice","note"),MQ517:a("duplicate-policy","Two policies have the same name"),MQ518:a("bad-selector","A label, an annotation key or a label selector is not valid"),MQ519:l("selects-no-pod","An egress rule selects no pod"),MQ520:l("destination-behind-no-gateway","An egress destination cannot be reached through a gateway"),MQ601:a("volume-mount-mismatch","A volume mount names a volume that the pod does not have"),MQ602:a("config-map-name","The DaemonSet reads another ConfigMap than the one beside it"),MQ603:a("config-map-key","The ConfigMap lacks the key that the agent reads"),MQ604:a("config-path","The configuration is not mounted at /etc/config/ip-masq-agent","warning"),MQ605:a("duplicate-object","Two objects have the same kind, namespace and name","note"),MQ606:l("namespace","Objects of the agent are in different namespaces or in none","error"),MQ607:a("host-network","The agent does not run in the host network"),MQ608:a("missing-capability","The agent lacks NET_ADMIN","warning"),MQ609:a("removed-api-version","The apiVersion is no longer served by Kubernetes"),MQ610:a("selector-mismatch","The selector does not match the pod template"),MQ611:l("foreign-dialect","The manifest is of another project's agent"),MQ612:a("unknown-flag","The agent does not have this flag","warning"),MQ613:a("unfilled-placeholder","A template placeholder was never filled in"),MQ614:l("privileged","The agent runs privileged without need"),MQ615:a("bad-object-name","A name is not one that Kubernetes takes","warning"),MQ616:a("request-above-limit","A container requests more than its limit"),MQ617:a("impossible-pod","Kubernetes does not take the DaemonSet's pods"),MQ618:l("two-agents","Two agents write rules on the same nodes","note"),MQ619:l("agent-state","masq-agent's state does not outlive its pod"),MQ620:a("agent-ends","masq-agent is told to do something else than to enforce"),MQ621:l("xtables-lock","masq-agent does not share the node's lock of iptables"),MQ701:l("shadowed-rule","A rule never decides: those that are asked before it hold all that it holds","note"),MQ702:v("redundant-rule","A rule changes nothing: without it everything is treated the same"),MQ703:v("mergeable-ranges","Several ranges of a list are exactly one"),MQ704:l("idle-exception","An exception takes out what another entry of the list preserves all the same"),MQ705:l("range-not-preserved","A range of the cluster's own is preserved in part, or not at all"),MQ706:l("sources-disagree","Files that one agent merges disagree","note"),MQ707:l("unread-source","No agent beside it reads a file of the agent"),MQ708:l("kubelet-masquerades","The kubelet's own masquerading is configured","note","error"),MQ801:v("import-left-out","An intent has no word for something that is imported","warning"),MQ802:v("import-dialect","What is imported means something else to ip-masq-agent","warning","error"),MQ803:a("import-not-expressible","An intent cannot say what is to be imported"),MQ804:a("import-masquerades-cluster","What is imported masquerades packets to the cluster's own ranges","warning"),MQ901:a("translation-mismatch","What would be emitted does not mean what was asked for"),MQ902:a("internal-fault","masq itself failed"),MQ903:a("stale-output","The rendered manifests are not up to date"),MQ904:a("unreadable","A file cannot be read"),MQ905:v("orphaned-output","A rendered file belongs to no given intent"),MQ906:a("nothing-checked","A run looked at no document that masq knows","note"),MQ907:v("foreign-output","A manifest beside the rendered ones was not written by masq","error")},b=O,q=Object.keys(O);function E(n,s,o=Math.max(1,Math.floor(n.length/3))){if(n.length>64)return;let d=n.toLowerCase(),h,m=o+1;for(let c of s){let w=he(d,c.toLowerCase(),m);w<m&&(m=w,h=c)}return h}function he(n,s,o){if(Math.abs(n.length-s.length)>=o)return o;let d=[],h=Array.from({length:s.length+1},(c,w)=>w),m=0;for(let c=1;c<=n.length;c++){let w=[c],x=c;for(let y=1;y<=s.length;y++){let T=n[c-1]===s[y-1],M=Math.min(h[y]+1,w[y-1]+1,h[y-1]+(T?0:1));c>1&&y>1&&n[c-1]===s[y-2]&&n[c-2]===s[y-1]&&(M=Math.min(M,d[y-2]+1)),w.push(M),M<x&&(x=M)}if(x>=o&&m>=o)return o;m=x,d=h,h=w}return h[s.length]}function D(n){return n.length<2?n.join(""):`${n.slice(0,-1).join(", ")} or ${n[n.length-1]}`}function N(n){return q.find(s=>s===n.toUpperCase()||b[s].name===n.toLowerCase())}var le=5;function L(n){let s=me(n),o=s.length>0?`did you mean ${D(s.map(d=>`"${d}"`))}?`:'run "masq rules" for the list';return`"${n}" is no rule; ${o}`}function me(n){let s=q.map(h=>b[h].name),o=E(n,[...q,...s]);if(o!==void 0)return[o];let d=s.filter(h=>h.includes(n.toLowerCase()));return d.length>le?[]:d}var t={upstream:"kubernetes-sigs/ip-masq-agent, measured",guide:"Kubernetes: IP Masquerade Agent User Guide",standard:"Google: ip-masq-agent in Standard clusters",gke:"Google: IP masquerade agent",gke2019:"Google: IP masquerade agent, the page of the days of GKE 1.14",gateway:"Google: egress NAT gateway of Anthos clusters on bare metal",lab:"kernel behaviour, measured in a lab of network namespaces",yaml:"YAML 1.2",masq:"masq itself"};function e(n){return n.trim().replace(/\s+/g," ")}function r(n){let s=n.replace(/^\n+|\s+$/g,"").split(`
`),o=Math.min(...s.filter(d=>d.trim()!=="").map(d=>d.search(/[^ ]/)));return`${s.map(d=>d.slice(o)).join(`
`)}
`}var ce={kubernetes:{nodes:"192.168.1.0/24",pods:"10.244.0.0/16",services:"10.96.0.0/12",version:void 0},"gke-standard":{nodes:"10.128.0.0/20",pods:"10.119.128.0/17",services:"10.120.0.0/22",version:"1.29.4-gke.1043000"},"gke-autopilot":{nodes:"10.128.0.0/20",pods:"10.119.128.0/17",services:"10.120.0.0/22",version:"1.29.4-gke.1043000"},"anthos-bare-metal":{nodes:"192.168.1.0/24",pods:"10.10.0.0/16",services:"10.96.0.0/12",version:"1.10.2"}};function i(n,s,o={}){let d=ce[n],h=o.version??d.version,m=o.services??d.services,c=["apiVersion: masq/v1alpha1","kind: ClusterIntent","metadata: {name: prod}","spec:",`  platform: ${n}`,...h===void 0?[]:[`  version: ${h}`],"  network:",`    nodeCIDRs: [${o.nodes??d.nodes}]`,`    podCIDRs: [${o.pods??d.pods}]`,...m===""?[]:[`    serviceCIDRs: [${m}]`],...o.network===void 0?[]:[`    ${o.network}`]],w=s.trim()===""?"":r(s).replace(/^(?=.)/gm,"  ");return`${c.join(`
`)}
${w}`}function p(n){return r(`
    apiVersion: ${n.apiVersion??"apps/v1"}
    kind: DaemonSet
    metadata: {name: ip-masq-agent, namespace: kube-system}
    spec:
      selector: {matchLabels: {k8s-app: ip-masq-agent}}
      template:
        metadata: {labels: {${n.labels??"k8s-app: ip-masq-agent"}}}
        spec:
          hostNetwork: ${n.hostNetwork??"true"}
          containers:
            - name: ${n.container??"ip-masq-agent"}
              args: [${n.args??"--masq-chain=IP-MASQ"}]
              securityContext: {${n.security??"capabilities: {drop: [ALL], add: [NET_ADMIN, NET_RAW]}"}}
              volumeMounts: [{name: ${n.mount??"config"}, mountPath: /etc/config}]
          volumes:
            - name: config
              configMap:
                name: ${n.configMap??"ip-masq-agent"}
                optional: true
                items: [{key: config, path: ${n.path??"ip-masq-agent"}}]
  `)}function g(n,s="ip-masq-agent",o="config"){return r(`
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: ${s}, namespace: kube-system}
    data:
      ${o}: |
        ${n}
  `)}var F={MQ101:{meaning:e(`
      The address has bits set beyond its prefix, so it names a host and a range at once. ip-masq-agent refuses the
      whole file because of it: on a fresh node it writes no rule, so every packet leaves with the pod's address; on a
      running node the old rules stay, and changes elsewhere in the file have no effect. Cilium's agent masks the bits
      silently instead. Google's own page shows such an entry, 198.15.5.92/24.`),example:r(`
      nonMasqueradeCIDRs:
        - 10.0.0.0/8
        - 198.15.5.92/24
    `),fix:"Write the network address, 198.15.5.0/24, or 198.15.5.92/32 if the one host is meant.",source:`RFC 4632; ${t.upstream}`},MQ102:{meaning:e(`
      A number starts with a zero. Readers differ: some take 010.0.0.0/8 for octal and so for 8.0.0.0/8, some for
      10.0.0.0/8, some refuse it. Addresses that belong to somebody else may then be preserved, or your own masqueraded,
      depending on which program reads the file.`),example:r(`
      nonMasqueradeCIDRs:
        - 010.0.0.0/8
    `),fix:"Write the number without the zero: 10.0.0.0/8.",source:"RFC 6943, section 3.1.1; npm CIDR libraries, measured"},MQ103:{meaning:e(`
      A part of an IPv4 address goes from 0 to 255, a group of an IPv6 address from 0 to ffff. ip-masq-agent refuses the
      whole file; some libraries wrap the number instead, and one reads 256.0.0.0/8 as 0.0.0.0/8.`),example:r(`
      nonMasqueradeCIDRs:
        - 10.256.0.0/16
    `),fix:"Correct the part; most often a digit was typed twice.",source:"RFC 791, RFC 4291; npm CIDR libraries, measured"},MQ104:{meaning:e(`
      An IPv4 address has four parts, an IPv6 address eight groups or one "::" in their place. A shorter form has more
      than one reading: 10.1 is 10.1.0.0 to some programs and 10.0.0.1 to others. ip-masq-agent refuses the whole file.`),example:r(`
      nonMasqueradeCIDRs:
        - 10.0/16
    `),fix:"Write all parts: 10.0.0.0/16.",source:"RFC 4632, RFC 4291, RFC 6943"},MQ105:{meaning:e(`
      A prefix length is longer than the address: 32 bits for IPv4, 128 for IPv6. ip-masq-agent refuses the whole file,
      and a fresh node gets no rule at all.`),example:r(`
      nonMasqueradeCIDRs:
        - 10.0.0.0/33
    `),fix:"Write a prefix length of 0 to 32 (IPv4) or 0 to 128 (IPv6).",source:"RFC 4632, RFC 4291"},MQ106:{meaning:e(`
      A range was wanted, and the text has no prefix length. It could be one address, or a network whose length was
      forgotten. ip-masq-agent refuses the whole file; one npm library reads "10.0.0.0/" as 0.0.0.0/0, which would
      preserve pod addresses to the whole internet.`),example:r(`
      nonMasqueradeCIDRs:
        - 10.0.0.0
    `),fix:"Write the length, 10.0.0.0/8, or 10.0.0.0/32 for the one address.",source:"RFC 4632; npm CIDR libraries, measured"},MQ107:{meaning:e(`
      The range is written with a netmask or a wildcard mask. iptables itself takes netmasks, but ip-masq-agent, the
      Kubernetes API and masq want a prefix length: the agent refuses the whole file.`),example:r(`
      nonMasqueradeCIDRs:
        - 10.0.0.0/255.0.0.0
    `),fix:"Write the prefix length: 10.0.0.0/8.",source:t.upstream},MQ108:{meaning:e(`
      A zone such as %eth0 names an interface of one machine. A rule is written on every node, where the interface may
      have another name or mean another link, so the zone cannot be kept.`),example:r(`
      nonMasqueradeCIDRs:
        - fe80::%eth0/10
    `),fix:"Leave the zone out: fe80::/10.",source:"RFC 4007"},MQ109:{meaning:e(`
      An IPv4 range is written as IPv4-mapped IPv6. ip-masq-agent lets it through its check, then fails while writing the
      rules: the chain is left empty, and every packet leaves with the pod's address, to the internet too.`),example:r(`
      nonMasqueradeCIDRs:
        - 10.0.0.0/8
        - "::ffff:192.168.0.0/112"
    `),fix:"Write the IPv4 range: 192.168.0.0/16.",source:`RFC 4291, section 2.5.5.2; ${t.upstream}`},MQ110:{meaning:e(`
      There is white space in or around an address, usually from a quoted list or a template. It is part of the text, and
      strict readers refuse it.`),example:r(`
      nonMasqueradeCIDRs:
        - "10.0.0.0/8 "
    `),fix:"Remove the white space; of several values in one text, make a list entry of each.",source:t.upstream},MQ111:{meaning:e(`
      The text is not an IP address or CIDR in any notation: a host name, a comma-separated list, or something pasted by
      mistake. Rules are written for addresses only; no name is looked up.`),example:r(`
      nonMasqueradeCIDRs:
        - gateway.example.com
    `),fix:"Write the address range. In an intent the name of a range may stand too, such as rfc1918.",source:"RFC 4632, RFC 4291"},MQ112:{meaning:e(`
      One address is wanted and a range is given. A floating IP is put on an interface of one node, and packets leave
      with exactly one source address, so a range has no meaning here.`),example:i("anthos-bare-metal",`
      egress:
        floatingIPs: [192.168.1.100/32, 192.168.1.101]
    `),fix:"Write the address without a prefix length: 192.168.1.100.",source:t.gateway},MQ113:{meaning:e(`
      The name stands neither in the registry of special ranges, nor under "ranges" of the document, nor in a RangeSet
      of the same file. Nothing is rendered, since a list with a hole would masquerade what was to be preserved.`),example:i("kubernetes",`
      masquerade:
        preserve: [rfc1981]
    `),fix:'Correct the name (here: rfc1918), define it under "ranges", or write a CIDR. docs/ranges.md lists the registry.',source:t.masq},MQ120:{meaning:e(`
      The same range stands twice, as the same text or under two names. It does no harm to packets: the agent writes two
      equal rules, and the second is never reached. It costs time for each new flow.`),example:r(`
      nonMasqueradeCIDRs:
        - 10.0.0.0/8
        - 10.0.0.0/8
    `),fix:"Remove one of the two.",source:t.upstream},MQ121:{meaning:e(`
      A range lies inside another one of the same list, so its rule is never reached or changes nothing. It is often a
      sign that the wider entry was not meant to be so wide.`),example:r(`
      nonMasqueradeCIDRs:
        - 10.0.0.0/8
        - 10.1.0.0/16
    `),fix:"Remove the narrower entry, or narrow the wider one.",source:t.upstream},MQ122:{meaning:e(`
      ip-masq-agent takes at most 64 entries, link-local not counted, unless cidrLimit says more. With 65 it refuses the
      whole file: a fresh node gets no rule. Images older than the key ignore cidrLimit, and Google's page does not
      mention it. On gke-autopilot GKE makes the agent's list of the policies, and nobody can give it a cidrLimit. And
      no ConfigMap holds more than 1 MiB, which is a list of about fifty thousand entries: the API server refuses it.`),example:r(`
      cidrLimit: 2
      nonMasqueradeCIDRs:
        - 10.0.0.0/8
        - 172.16.0.0/12
        - 192.168.0.0/16
    `),fix:e(`
      Merge ranges until the list is short enough, or raise cidrLimit if your image knows the key. masq renders the
      smallest list and writes cidrLimit where it is needed.`),source:t.upstream},MQ123:{meaning:e(`
      An exception lies outside the range that it is taken from, so it takes nothing away. The addresses that it names
      are treated as before; if they stand in another entry, they go on being preserved. The same holds for an entry of
      "always" that nothing is preserved in.`),example:i("kubernetes",`
      masquerade:
        preserve:
          - cidr: 10.0.0.0/8
            except: [172.16.9.0/24]
    `),fix:"Remove the exception, or move it to the entry that contains it.",source:t.masq},MQ124:{meaning:e(`
      The exceptions, or the list "always", take away every address of the range, so the entry preserves nothing and
      packets to it are masqueraded. Of an egress policy nothing is left to do: that is an error.`),example:i("kubernetes",`
      masquerade:
        preserve:
          - rfc1918
          - cidr: 100.64.0.0/10
            except: [100.64.0.0/11, 100.96.0.0/11]
    `),fix:"Remove the entry, or narrow what is taken out of it.",source:t.masq},MQ125:{meaning:"Named ranges refer to each other in a circle, so none of them stands for any addresses.",example:i("kubernetes",`
      ranges:
        office: [branches]
        branches: [office]
      masquerade:
        preserve: [office]
    `),fix:"Let one of them be a list of CIDRs.",source:t.masq},MQ126:{meaning:e(`
      A range of the document has the name of a range of the registry. A reader who knows rfc1918 would take it for the
      RFC's, while the document means something else.`),example:i("kubernetes",`
      ranges:
        rfc1918: [10.0.0.0/8]
      masquerade:
        preserve: [rfc1918]
    `),fix:"Choose another name, such as private.",source:t.masq},MQ127:{meaning:e(`
      A named range is defined and never used: its addresses are treated as if it were not there. Either it is left
      over, or a list forgot it.`),example:i("kubernetes",`
      ranges:
        office: [203.0.113.0/24]
      masquerade:
        preserve: [rfc1918]
    `),fix:"Use the name in a list, or remove the definition.",source:t.masq}};var A=n=>Array.from({length:10},()=>n).join(", "),K={MQ201:{meaning:e(`
      The text is not valid YAML (JSON is YAML too). ip-masq-agent refuses such a file: a fresh node gets no rule at all,
      and every packet leaves with the pod's address; a running node keeps its old rules.`),example:r(`
      nonMasqueradeCIDRs: [10.0.0.0/8
      masqLinkLocal: false
    `),fix:"Close the bracket, quote or indentation at the place that is named.",source:`${t.yaml}; ${t.upstream}`},MQ202:{meaning:e(`
      A map has the same key twice. YAML forbids it, but many readers take the last value silently: with ip-masq-agent
      the first list is lost, and what it preserved is masqueraded.`),example:r(`
      nonMasqueradeCIDRs: [10.0.0.0/8]
      nonMasqueradeCIDRs: [192.168.0.0/16]
    `),fix:"Keep one of the two, with all values that are meant.",source:`${t.yaml}; ${t.upstream}`},MQ203:{meaning:e(`
      A key has no meaning where it stands. ip-masq-agent ignores keys that it does not know: it goes on with its
      defaults, says nothing, and masquerades what the list was to preserve. The version that was measured takes its own
      keys in any case; other readers of the same file do not.`),example:r(`
      nonMasqueradeCIDR:
        - 10.0.0.0/8
    `),fix:"Write the key that is meant, letter by letter: nonMasqueradeCIDRs.",source:t.upstream},MQ204:{meaning:e(`
      A value has the wrong type: text where true or false is wanted, a number where text is wanted, one value where a
      list is wanted. Readers differ in what they make of it; ip-masq-agent refuses the file.`),example:r(`
      nonMasqueradeCIDRs: 10.0.0.0/8
      masqLinkLocal: false
    `),fix:"Write a value of the type that is wanted: here a list, [10.0.0.0/8].",source:t.upstream},MQ205:{meaning:e(`
      A key that masq needs is missing. Without the cluster's ranges nothing could keep traffic inside the cluster from
      being masqueraded, and on gke-autopilot and anthos-bare-metal the version decides which objects exist.`),example:r(`
      apiVersion: masq/v1alpha1
      kind: ClusterIntent
      metadata: {name: prod}
      spec:
        platform: kubernetes
        network:
          nodeCIDRs: [192.168.1.0/24]
    `),fix:"Add the key: here podCIDRs under spec.network. docs/intent.md lists what is required.",source:"the JSON Schema of the intent"},MQ206:{meaning:e(`
      A value is outside of what its key allows: an unknown word, an empty list where one entry is needed, two keys that
      exclude each other.`),example:i("kubernetes",`
      masquerade:
        preserve: [rfc1918]
        linkLocal: keep
    `),fix:"Write one of the values that are named: here preserve or masquerade.",source:"the JSON Schema of the intent"},MQ207:{meaning:"A tab is used for indentation. YAML forbids it, and readers refuse the whole text.",example:`nonMasqueradeCIDRs:
	- 10.0.0.0/8
`,fix:"Indent with spaces.",source:t.yaml},MQ208:{meaning:e(`
      yes, no, on and off are booleans in YAML 1.1, which kubectl and ip-masq-agent read, and plain text in YAML 1.2,
      which many other tools read. The same file then says two things.`),example:r(`
      nonMasqueradeCIDRs: [10.0.0.0/8]
      masqLinkLocal: yes
    `),fix:"Write true or false, or put the word in quotes if text is meant.",source:"YAML 1.1 and YAML 1.2"},MQ209:{meaning:e(`
      A file is larger than masq reads (16 Mi characters, a million lines, 10,000 documents, two million words and
      signs), its values or its ranges' names nest more than 64 levels deep, or a key is longer than the 1,024 characters
      that YAML allows. No configuration of this kind is; most likely it is another file, or one made to exhaust a reader.`),example:`nonMasqueradeCIDRs: ${"[".repeat(65)}${"]".repeat(65)}
`,fix:"Give masq the file that is meant, or split it.",source:t.masq},MQ210:{meaning:e(`
      Aliases add more than 100,000 values to the document: a few lines that grow tenfold with each step. masq counts
      before it expands, so nothing was read. Or names of ranges stand for more than two million CIDRs in one file.`),example:r(`
      a: &a [${A("1")}]
      b: &b [${A("*a")}]
      c: &c [${A("*b")}]
      d: &d [${A("*c")}]
      e: [${A("*d")}]
    `),fix:"Write the values out, or use fewer aliases. Of names, split the file.",source:t.masq},MQ211:{meaning:e(`
      A key or a list dash has nothing behind it. To ip-masq-agent an empty nonMasqueradeCIDRs is an empty list, so
      everything but link-local is masqueraded; an empty list item takes over a built-in default by its place, so that
      the first becomes 10.0.0.0/8. Templates produce both when a variable is empty.`),example:r(`
      nonMasqueradeCIDRs:
        - 192.168.0.0/16
        -
    `),fix:"Write the value, or remove the key or the list item. An empty list is written [].",source:t.upstream},MQ212:{meaning:e(`
      A file holds no document that masq knows: no intent, no agent file, no manifest of the agent or the gateway. It was
      read as YAML and otherwise not checked. Where nothing that was named is one, MQ906 says so and the run fails.`),example:r(`
      apiVersion: v1
      kind: Service
      metadata: {name: web}
    `),fix:'Leave the file out of the list, or add "apiVersion: masq/v1alpha1" and a kind if it is meant for masq.',source:t.masq},MQ213:{meaning:e(`
      A document is meant for masq, but its apiVersion or kind is unknown, so nothing of it can be read with certainty.`),example:r(`
      apiVersion: masq/v1alpha1
      kind: ClusterIntnet
      metadata: {name: prod}
    `),fix:'Write "apiVersion: masq/v1alpha1" and "kind: ClusterIntent" or "kind: RangeSet".',source:"the JSON Schema of the intent"},MQ214:{meaning:e(`
      Two intents have the same name. Each renders to a folder of that name, so one would overwrite the other's
      manifests, and a cluster would get the other's list.`),example:[i("kubernetes","masquerade: {preserve: [rfc1918]}"),i("kubernetes","masquerade: {preserve: [10.0.0.0/8]}")].join(`---
`),fix:"Give each intent a name of its own under metadata.",source:t.masq},MQ215:{meaning:e(`
      ip-masq-agent reads the first document of its file and ignores the rest without a word. What stands behind the
      "---" has no effect on any packet.`),example:r(`
      nonMasqueradeCIDRs: [10.1.0.0/16]
      ---
      nonMasqueradeCIDRs: [10.2.0.0/16]
    `),fix:"Keep one document, with all entries in one list.",source:t.upstream},MQ216:{meaning:e(`
      resyncInterval is read as a Go duration: numbers with units, without spaces. A number alone is refused, and with it
      the whole file: a fresh node gets no rule. Google's page allows an integer with s or ms.`),example:r(`
      nonMasqueradeCIDRs: [10.0.0.0/8]
      resyncInterval: "60"
    `),fix:"Write the unit: 60s.",source:`${t.upstream}; ${t.standard}`},MQ217:{meaning:e(`
      The file is not UTF-8: it was saved as UTF-16 or in an old encoding. The agent and kubectl expect UTF-8; what they
      would make of the bytes is not what an editor shows.`),example:`# A file that an editor saved as UTF-16, or a comment with an umlaut in Latin-1
`,fix:"Save the file as UTF-8, without a byte order mark if you can choose.",source:t.yaml},MQ218:{meaning:e(`
      A value carries a YAML tag such as !Ref or !vault that no reader of Kubernetes manifests knows. It belongs to
      another tool that has not run yet.`),example:r(`
      nonMasqueradeCIDRs:
        - !Ref PodRange
    `),fix:"Run the tool that resolves the tag first, or write the plain value.",source:t.yaml},MQ219:{meaning:e(`
      A file has more than 1,000 findings. The gravest are told, and this one counts the others; it is an error when one
      of them is. Most likely all have one reason, or it is another file than meant.`),example:`# A list of which more than a thousand entries are mistyped
`,fix:"Mend what is told and look again.",source:t.masq},MQ220:{meaning:e(`
      An entry of .masq.yaml, or a masq-ignore comment, names a rule that masq does not have, so that it has no effect.
      A rule goes by its code or its name.`),example:r(`
      nonMasqueradeCIDRs:
        - 10.0.0.0/8 # masq-ignore coverd-entry the partner's range
    `),fix:'Write a code that "masq rules" lists.',source:t.masq},MQ221:{meaning:e(`
      A masq-ignore comment says which rule's findings are left out on its line, and why: those who read it later cannot
      ask. Without one of the two it has no effect, and neither has one whose rules no comma parts: the second rule may be
      meant as one, or as the reason's first word. The same is said of a word that is nearly masq-ignore before a rule.`),example:r(`
      nonMasqueradeCIDRs:
        - 10.0.0.0/8
        - 10.1.0.0/16 # masq-ignore MQ121
    `),fix:"Write the rule and the reason: # masq-ignore MQ121 named by the ticket NET-12.",source:t.masq},MQ222:{meaning:e(`
      A masq-ignore comment stands at a line without such a finding. It was mended, or the comment stands at the wrong
      line; left there, it would one day leave out a finding that nobody has looked at. The same is said of a pattern in
      .masq.yaml where neither a file nor a folder is that it begins with, in a run that names no file also of one that
      stands for no file that is there, and of a whole .masq.yaml that is checked in
      a run which has other settings.`),example:r(`
      nonMasqueradeCIDRs:
        - 10.0.0.0/8 # masq-ignore MQ121 named by the ticket NET-12
    `),fix:"Remove the comment, or move it to the line of the finding, or to a line of its own above it. Correct the pattern.",source:t.masq},MQ223:{meaning:e(`
      An entry of gitops in .masq.yaml is what one would write behind "masq gitops", and masq synth renders what it says.
      This one is not understood, or does not fit the clusters that are rendered: a canary may be none of them any more.
      Nothing was written, neither manifests nor what syncs them, since the two belong together.`),example:r(`
      # .masq.yaml
      gitops:
        - argocd --repo https://git.example/network/clusters.git --canary stagging
    `),fix:'Correct the entry as the message says; "masq gitops --help" lists the options.',source:t.masq},MQ224:{meaning:e(`
      An entry of targets in .masq.yaml is what one would write behind "masq synth --target", and masq synth renders what
      it says beside the manifests. This one is not understood, or its folder is that of something else: what is applied
      from one folder must be for one data plane.`),example:r(`
      # .masq.yaml
      targets:
        - celium --gateway egress=true
    `),fix:'Correct the entry as the message says; "masq synth --help" lists the options.',source:t.masq}};function ue({name:n="partners",user:s="alice",to:o="8.8.8.0/24",sourceIP:d="192.168.1.100",from:h}){let m=h??`{namespaceSelector: {matchLabels: {user: ${s}}}, podSelector: {matchLabels: {role: frontend}}}`;return`    - name: ${n}
      from:
        - ${m}
      to: [${o}]
      sourceIP: ${d}`}function u(n,s,o={},d=[]){let h=["egress:",`  floatingIPs: [${n}]`,...d.map(m=>`  ${m}`),...s.length===0?[]:["  policies:",...s.map(ue)]];return i("anthos-bare-metal",h.join(`
`),o)}var f="192.168.1.100, 192.168.1.101",j={MQ501:{meaning:e(`
      A policy's source IP is not among the gateway's floating IPs, so no node holds it. The gateway does not serve the
      policy, and an event UnknownEgressIP on it says so; the packets do not leave with the address that was asked for.`),example:u(f,[{sourceIP:"192.168.1.200"}]),fix:"Add the address to floatingIPs, or use one that stands there.",source:t.gateway},MQ502:{meaning:e(`
      Two policies use the same source IP. Each policy needs one of its own; Google asks for it and does not document what
      happens otherwise.`),example:u(f,[{},{name:"billing",user:"paul",to:"203.0.113.0/24"}]),fix:"Give each policy a floating IP of its own, or merge the two into one policy with several rules.",source:t.gateway},MQ503:{meaning:e(`
      A floating IP lies in no node subnet. It is given only to a node whose subnet contains it, and must be in the nodes'
      L2 domain: no node could hold this one, and policies that use it are not served.`),example:u("192.168.1.100, 192.168.2.100",[]),fix:"Choose an address of a node subnet, or correct nodeCIDRs to the nodes' real subnets.",source:t.gateway},MQ504:{meaning:e(`
      A floating IP is the network or the broadcast address of its subnet. No host may use it as a source: routers and
      hosts drop such packets.`),example:u("192.168.1.100, 192.168.1.255",[]),fix:"Choose an address between the two.",source:"RFC 1122, section 3.2.1.3"},MQ505:{meaning:e(`
      A floating IP is the address of a node. Two machines would answer for it, and when the gateway moves or releases the
      floating IP, the node can lose its own address and drop off the network.`),example:u(f,[],{network:"nodeIPs: [192.168.1.100]"}),fix:"Choose an address that nothing else uses.",source:`other gateways' incidents; ${t.lab}`},MQ506:{meaning:e(`
      There is only one floating IP in an L2 domain. It works, but when the node that holds it fails, all traffic through
      the gateway stops until another node has taken the address over. Google recommends at least two.`),example:u("192.168.1.100",[]),fix:"Add a second address of the same subnet.",source:t.gateway},MQ507:{meaning:e(`
      The egress NAT gateway handles IPv4 only. An IPv6 floating IP or destination would not be served.`),example:u(`${f}, 2001:db8::100`,[]),fix:"Use IPv4 addresses, and leave IPv6 out of the policy.",source:t.gateway},MQ508:{meaning:e(`
      Two policies select the same pod and the same destination, with different source IPs. Which address the packet leaves
      with is not documented; other gateways pick one silently. masq decides it exactly, by the selectors and the ranges,
      and names a pod and a destination that both claim.`),example:u(f,[{},{name:"billing",to:"8.8.8.8/32",sourceIP:"192.168.1.101"}]),fix:"Make the policies disjoint: except the destination in one of them, or narrow its selectors.",source:"other gateways, compared; Google does not document it"},MQ509:{meaning:e(`
      A destination contains addresses of the cluster itself. Packets between its own pods, nodes and Services would be
      steered to the gateway node and leave with the floating IP: DNS and the API server too, if they are in the range.`),example:u(f,[{to:"10.0.0.0/8"}]),fix:'Except the cluster ranges: "{cidr: 10.0.0.0/8, except: [10.10.0.0/16, 10.96.0.0/12]}".',source:"other gateways' incidents; the gateway's path in the document above"},MQ510:{meaning:e(`
      Both selectors of a rule are empty, so it selects every pod of the cluster, those of kube-system and of namespaces to
      come too. All their packets to the destinations go through one gateway node.`),example:u(f,[{from:"{namespaceSelector: {}, podSelector: {}}"}]),fix:"Name labels of the namespaces or pods. If every pod is meant, silence the rule.",source:t.gateway},MQ511:{meaning:e(`
      The egress NAT gateway exists from version 1.8.0 on. In an older cluster the kinds are unknown and the objects cannot
      be applied.`),example:u(f,[],{version:"1.7.3"}),fix:"Create the cluster with 1.10 or later, where the gateway is no preview any more.",source:t.gateway},MQ512:{meaning:e(`
      masq's version table marks 1.8.3 as a patch release in which the egress NAT gateway does not work: selected packets
      are not steered to a gateway. Google's how-to page does not mention it.`),example:u(f,[],{version:"1.8.3"}),fix:"Use another patch release, better 1.10 or later.",source:"masq's version table; not in Google's page on the egress NAT gateway"},MQ513:{meaning:e(`
      On 1.8 and 1.9 the gateway is a preview with the kind AnthosNetworkGateway. Google says that a cluster that uses the
      preview cannot be upgraded: to leave the version, the cluster has to be created anew.`),example:u(f,[],{version:"1.9.2"}),fix:"Create the cluster with 1.10 or later; if the preview is meant, plan for a new cluster.",source:t.gateway},MQ514:{meaning:e(`
      The gateway is switched on in the Cluster object: by the annotation
      baremetal.cluster.gke.io/enable-anthos-network-gateway on 1.8 and 1.9, by clusterNetwork.advancedNetworking from 1.10
      on. The other way has no effect: the gateway objects are applied, and nothing acts on them.`),example:u(f,[],{},["gateway: {enable: annotation}"]),fix:"Remove the key: the version decides.",source:t.gateway},MQ515:{meaning:e(`
      From 1.10 on Google speaks of a v1 EgressNATPolicy for bare metal. The documents that masq builds on show the fields
      of v1alpha1 only, so v1alpha1 is rendered. A cluster that no longer serves it refuses the objects when they are
      applied. It is a note and no warning, since nothing that an intent says could avoid it: with "--fail-on warning" every
      intent for these versions would fail.`),example:u(f,[{}]),fix:'Ask the cluster: "kubectl api-resources --api-group=networking.gke.io". Compare before you apply.',source:`${t.gateway}; the v1 fields are not in it`},MQ516:{meaning:e(`
      A floating IP is listed twice. It can be held by one node only, so the second entry gives no further safety. Gateways
      of different namespaces are of different clusters, which may be in networks of their own: a note only.`),example:u("192.168.1.100, 192.168.1.100",[]),fix:"Remove one of the two, or correct it to the second address that was meant.",source:t.masq},MQ517:{meaning:e(`
      Two policies have the same name. In Google's examples an EgressNATPolicy has no namespace, so the second would overwrite
      the first, and the packets of the first would leave with their node's address.`),example:u(f,[{},{user:"paul",to:"203.0.113.0/24",sourceIP:"192.168.1.101"}]),fix:"Rename one of the two.",source:"Kubernetes API conventions"},MQ518:{meaning:e(`
      A label, the key of an annotation or a label selector is one that Kubernetes does not take: a malformed key or
      value, In or NotIn without values, Exists with values. The API server refuses the object, or, where the definition does not check it, the rule selects no
      pod and the packets leave with their node's address.`),example:u(f,[{from:"{namespaceSelector: {}, podSelector: {matchExpressions: [{key: role, operator: In}]}}"}]),fix:"Correct the key or value that the message quotes. In selectors, In and NotIn need at least one value, Exists and DoesNotExist take none.",source:"Kubernetes: labels and selectors"},MQ519:{meaning:e(`
      The requirements of a selector contradict each other, so that no labels meet them all. The rule selects no pod: the
      packets that were meant leave with their node's address.`),example:u(f,[{from:"{namespaceSelector: {}, podSelector: {matchLabels: {role: db}, matchExpressions: [{key: role, operator: NotIn, values: [db]}]}}"}]),fix:"Drop one of the requirements, or write two rules: a pod is selected when any of them matches.",source:"Kubernetes: labels and selectors"},MQ520:{meaning:e(`
      A destination of an egress policy is nothing but loopback, link-local or multicast addresses, the broadcast address
      or 0.0.0.0/8. The gateway is another node than the pod's, and no router passes on packets to such addresses: they
      are lost on the way. 169.254.169.254, the metadata server of a cloud VM, is one of them.`),example:u(f,[{to:"169.254.169.254/32"}]),fix:"Remove the destination: pods reach such addresses from their own node, or not at all.",source:"RFC 1122, RFC 3927, RFC 5771, RFC 919"}};var U={MQ801:{meaning:e(`
      What is imported says something for which an intent has no word, and which changes no packet: an option of the log, a
      label, a key that the agent passes over. The intent is without it. What masq renders runs the agent in its own way.`),example:r(`
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: azure-ip-masq-agent-config, namespace: kube-system}
      data:
        ip-masq-agent: |
          nonMasqueradeCIDRs: [10.0.0.0/8]
          masqueradeAll: false
    `),fix:"Nothing, if it is not missed; else write what the intent has for it, or keep it beside what masq renders.",source:"masq itself"},MQ802:{meaning:e(`
      What is imported is another data plane's, which reads it in another way than ip-masq-agent would: Cilium takes host
      bits off a CIDR, Azure's agent puts several files together, neither knows resyncInterval. The intent has what that data plane
      makes of it.`),example:r(`
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: azure-ip-masq-agent-config, namespace: kube-system}
      data:
        ip-masq-agent: |
          nonMasqueradeCIDRs: [10.0.0.0/8]
          resyncInterval: 60s
    `),fix:"Look whether the intent has what you mean, and not only what was made of it.",source:"Azure/ip-masq-agent-v2, cilium/cilium, aws/amazon-vpc-cni-k8s, projectcalico/calico"},MQ803:{meaning:e(`
      What is imported treats packets by something that an intent does not know: the address of the pod, the node that it
      runs on, the interface that the packet leaves by. An intent would mean something else for some packets, so none is written.`),example:r(`
      apiVersion: projectcalico.org/v3
      kind: IPPool
      metadata: {name: internal}
      spec: {cidr: 10.244.0.0/17, natOutgoing: false}
      ---
      apiVersion: projectcalico.org/v3
      kind: IPPool
      metadata: {name: outgoing}
      spec: {cidr: 10.244.128.0/17, natOutgoing: true}
    `),fix:"Change it so that the message no longer holds and import it then, or leave these pods to the data plane that they have.",source:"masq itself"},MQ804:{meaning:e(`
      What is imported masquerades packets to nodes, pods or Services of the cluster itself, of which masq was told with
      options. What masq renders never does: NetworkPolicies that select pods would see the sender's node, and Google asks that the list
      hold at least the node and pod ranges. So the intent would not mean the same.`),example:g("nonMasqueradeCIDRs: [10.119.128.0/17]"),fix:"If the option is right, give --preserve-cluster too: the intent preserves these ranges, and all else stays as it is.",source:"Google: ip-masq-agent in Standard clusters"}};var V={MQ701:{meaning:e(`
      The first rule that holds an address decides, and this one is never the first: those that are asked before it hold
      all of its addresses, alone or together. Whoever changes it will wonder why nothing changes. Where the others do the
      same with packets, as link-local and a cluster's own ranges are preserved in any case, it is a note; where one of
      them does something else, one of the two was not meant.`),example:r(`
      nonMasqueradeCIDRs:
        - 10.0.0.0/8
        - 169.254.0.0/16
    `),fix:'Remove it, or take what it holds out of the others. Where they do the same, "masq lint --fix" removes it.',source:t.upstream},MQ702:{meaning:e(`
      Without this rule every address of both families is treated as with it: what would decide in its place does the
      same. masq compares the whole address spaces, not samples. Of rules that stand for each other only so many are
      named that all of them can go together.`),example:i("kubernetes",`
      masquerade:
        preserve:
          - {cidr: 172.16.0.0/12, except: [172.20.0.0/16]}
        always: [172.20.0.0/15]
    `),fix:'Remove it; "masq lint --fix" does, where no comment is in the way.',source:t.masq},MQ703:{meaning:e(`
      Ranges of one list make up a shorter one exactly, not an address more or less. One line says the same, is one rule
      less on every node, and counts once towards the 64 entries that ip-masq-agent takes. Entries of an intent with
      different reasons are left apart.`),example:r(`
      nonMasqueradeCIDRs:
        - 10.0.0.0/9
        - 172.16.0.0/12
        - 10.128.0.0/9
    `),fix:'Write the one range in their place; "masq lint --fix" does, unless a comment says something of one of them.',source:t.masq},MQ704:{meaning:e(`
      An exception takes a range out of its entry, so that packets to it are masqueraded; but another entry of the list
      preserves all of that range, and they are not. One of the two says what was not meant, so that masq changes
      neither.`),example:i("kubernetes",`
      masquerade:
        preserve:
          - {cidr: 10.0.0.0/8, except: [10.100.10.0/24]}
          - 10.100.0.0/16
    `),fix:'Take the range out of the other entry too, list it under "always", or remove the exception.',source:t.masq},MQ705:{meaning:e(`
      The list of nonMasqueradeCIDRs should hold at least the cluster's node and pod ranges, and part of one is missing.
      Packets between pods of that part leave with a node's address: NetworkPolicies that select pods do not match, and
      logs name nodes. The ranges are taken from objects in the same folder (of kubeadm, Calico and Anthos, and Nodes),
      from the intent that has the folder's name, and from the options --pod-cidr and --node-cidr.`),example:`${g("nonMasqueradeCIDRs: [10.244.0.0/17]")}---
${r(`
      apiVersion: kubeadm.k8s.io/v1beta3
      kind: ClusterConfiguration
      networking:
        podSubnet: 10.244.0.0/16
    `)}`,fix:"Add what is missing to the list, or correct the range where it is declared.",source:t.standard},MQ706:{meaning:e(`
      Azure's ip-masq-agent-v2 reads every file of its folder whose name begins with ip-masq, and merges them: the lists
      are put together, and masqLinkLocal counts as true when any file says so. What one of them says then has no effect,
      and nothing on the node tells so. A list that changes nothing beside the others is a note.`),example:[g(`masqLinkLocal: false
        nonMasqueradeCIDRs: [10.1.0.0/16]`,"ip-masq-agent-config","ip-masq-agent"),g(`masqLinkLocal: true
        nonMasqueradeCIDRs: [10.0.0.0/8]`,"ip-masq-agent-config-reconciled","ip-masq-agent-reconciled")].join(`---
`),fix:"Say the same in each file, or say it in one of them only.",source:"Azure/ip-masq-agent-v2, its README and its program"},MQ707:{meaning:e(`
      ip-masq-agent reads one file, and merges nothing. A second ConfigMap with a file for it lies beside the one that the
      DaemonSet mounts: what it says is enforced nowhere.`),example:[p({}),g("nonMasqueradeCIDRs: [10.0.0.0/8]"),g("nonMasqueradeCIDRs: [100.64.0.0/10]","ip-masq-agent-partners")].join(`---
`),fix:"Put its ranges into the one that is read, or remove it.",source:t.upstream},MQ708:{meaning:e(`
      Up to Kubernetes 1.23 the kubelet could masquerade by itself: with kubenet it writes a rule for every destination but
      the one range of --non-masquerade-cidr, beside the agent's rules, so that ranges of the agent's list are
      masqueraded all the same. The authors of ip-masq-agent ask not to run both; 0.0.0.0/0 keeps the kubelet from it. The
      flag was deprecated in 1.7 and removed in 1.24: where the version says so, it is an error.`),example:`${g("nonMasqueradeCIDRs: [10.0.0.0/8]")}---
${r(`
      apiVersion: kubeadm.k8s.io/v1beta2
      kind: InitConfiguration
      nodeRegistration:
        kubeletExtraArgs:
          non-masquerade-cidr: 10.244.0.0/16
    `)}`,fix:"Write --non-masquerade-cidr=0.0.0.0/0, and from Kubernetes 1.24 on remove the flag.",source:"kubernetes-sigs/ip-masq-agent, its README; kubernetes/kubernetes, pull requests 46554 and 107096"}};var _={MQ601:{meaning:e(`
      A container mounts a volume by a name that no volume of the pod has. The API server refuses the pod template, and no
      agent runs: new nodes get no rule at all.`),example:p({mount:"config-volume"}),fix:"Give both the same name; which one is free to choose.",source:t.standard},MQ602:{meaning:e(`
      The DaemonSet's volume names another ConfigMap than the one beside it. The volume is optional, so the pod starts
      without a file, and the agent falls back to its built-in list: what your list preserves is masqueraded.`),example:`${g("nonMasqueradeCIDRs: [10.0.0.0/8]")}---
${p({configMap:"masq-config"})}`,fix:"Write the same name at both places; ip-masq-agent is the usual one.",source:t.standard},MQ603:{meaning:e(`
      The agent's file comes from the key config of the ConfigMap. Without that key the volume holds no file, since it is
      optional: the agent falls back to its built-in list and says nothing. "kubectl create configmap
      --from-file=FILE" without "config=" makes a key with the file's name.`),example:g("nonMasqueradeCIDRs: [10.0.0.0/8]","ip-masq-agent","agent.yaml"),fix:"Name the key config.",source:t.standard},MQ604:{meaning:e(`
      The agent reads /etc/config/ip-masq-agent and nothing else, or what masq-agent's --config names. Mounted under another path or another name, the file is
      not seen, and the built-in list holds.`),example:p({path:"config"}),fix:'Mount the volume at /etc/config, with "items: [{key: config, path: ip-masq-agent}]".',source:t.standard},MQ605:{meaning:e(`
      Two objects have the same kind, namespace and name. Applied one after the other the last wins; in Argo CD and Flux
      they overwrite each other at every sync.`),example:`${g("nonMasqueradeCIDRs: [10.0.0.0/8]")}---
${g("nonMasqueradeCIDRs: [192.168.0.0/16]")}`,fix:"Keep one of the two.",source:"Kubernetes API conventions"},MQ606:{meaning:e(`
      The agent's ConfigMap and DaemonSet are in different namespaces, or an object names none and lands wherever it is
      applied. A pod can mount ConfigMaps of its own namespace only; the volume is optional, so the agent starts with its
      built-in list.`),example:r(`
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: ip-masq-agent}
      data: {config: "nonMasqueradeCIDRs: [10.0.0.0/8]"}
    `),fix:'Write "namespace: kube-system" on both, or one other namespace that allows host network pods.',source:t.standard},MQ607:{meaning:e(`
      The agent's pods do not run in the host network. It then writes its rules into the network namespace of its own pod:
      they are right, and no packet of the node ever meets them.`),example:p({hostNetwork:"false"}),fix:'Write "hostNetwork: true" in the pod template.',source:t.standard},MQ608:{meaning:e(`
      The agent lacks the capability NET_ADMIN, so the kernel refuses every change of rules. The process stays up and the
      pod looks healthy, but the node has no rules of the agent.`),example:p({security:"capabilities: {drop: [ALL]}"}),fix:'Write "add: [NET_ADMIN, NET_RAW]", without the prefix CAP_.',source:`${t.standard}; ${t.upstream}`},MQ609:{meaning:e(`
      The apiVersion is no longer served. extensions/v1beta1 DaemonSets, which Google's page of 2019 shows, are gone since
      Kubernetes 1.16: the object cannot be applied.`),example:p({apiVersion:"extensions/v1beta1"}),fix:'Write "apiVersion: apps/v1" and add spec.selector, which the old form did without.',source:`Kubernetes: deprecated API migration guide; ${t.gke2019}`},MQ610:{meaning:e(`
      The DaemonSet's selector does not match the labels of its pod template. The API server refuses the object, and no
      agent runs.`),example:p({labels:"app: ip-masq-agent"}),fix:"Write the same labels at both places. A selector cannot be changed later: the DaemonSet has to be made anew.",source:"Kubernetes API conventions"},MQ611:{meaning:e(`
      The manifest belongs to another project's agent. They look alike and differ in what they make of the same file:
      Cilium's takes an empty file for eleven ranges and a file without the list for none, Azure's merges several files
      into one list.`),example:g("nonMasqueradeCIDRs: [10.0.0.0/8]","ip-masq-agent-lists","ip-masq-agent"),fix:"Check it with the tools of that project, or import it and render it for the platform that you run.",source:"Cilium ip-masq-agent and Azure ip-masq-agent v2, compared"},MQ612:{meaning:e(`
      ip-masq-agent does not have this flag. It exits at start with an unknown flag; an argument that is no flag at all
      silently ends the reading of flags, so that those behind it have no effect. Azure's ip-masq-agent-v2 does have
      --resync-interval, a number of seconds, and has neither --random-fully nor --to-ports.`),example:p({args:"--masq-chain=IP-MASQ, --resync-interval=60s"}),fix:"Remove the flag. The resync interval and the list stand in the file, not in flags.",source:t.upstream},MQ613:{meaning:e(`
      The gap of a template was never filled in, as in the samples of Google's page. The agent refuses the file, and a fresh
      node gets no rule at all.`),example:r(`
      nonMasqueradeCIDRs:
        - CIDR_1
        - CIDR_2
      masqLinkLocal: false
    `),fix:"Fill in your values, or run the template engine before masq.",source:t.standard},MQ614:{meaning:e(`
      The agent runs privileged, which gives it the whole node. Packets are treated the same; the risk is that whoever takes
      over the container owns the machine. Google's current DaemonSet does with NET_ADMIN and NET_RAW.`),example:p({security:"privileged: true"}),fix:'Write "privileged: false", "drop: [ALL]", "add: [NET_ADMIN, NET_RAW]", "allowPrivilegeEscalation: false".',source:t.standard},MQ615:{meaning:e(`
      A name is not one that Kubernetes takes: lower-case letters, digits and dashes, at most 63 for a label, with dots and
      at most 253 for a subdomain. The API server refuses the object.`),example:r(`
      apiVersion: masq/v1alpha1
      kind: ClusterIntent
      metadata: {name: Prod_EU}
    `),fix:"Write lower-case letters, digits and dashes: prod-eu.",source:"RFC 1123; Kubernetes API conventions"},MQ616:{meaning:e(`
      A container requests more of a resource than it may use at most. The API server refuses the DaemonSet: no node
      runs the agent.`),example:i("kubernetes",`
      masquerade: {preserve: [rfc1918]}
      agent:
        resources: {requests: {memory: 64Mi}, limits: {memory: 32Mi}}
    `),fix:"Lower the request, or raise the limit.",source:"Kubernetes: resource management for pods and containers"},MQ617:{meaning:e(`
      Kubernetes does not take the pod template as it is: two containers or two volumes have the same name, or one that is
      not allowed; two volumes are mounted at the same path, or a volume has two sources; the pods are not always
      restarted. The API server refuses the DaemonSet, and no node runs the agent.`),example:p({container:"IP_MASQ_agent"}),fix:"Write what the message names.",source:"Kubernetes API reference: DaemonSetSpec, PodSpec"},MQ618:{meaning:e(`
      Two DaemonSets, or two containers of one pod, run an agent on the same nodes. Each fills its chain anew at every sync: in one chain they take
      turns, and of two chains the first that masquerades a packet decides, whatever the other preserves. It is a note when
      nodeSelector and nodeAffinity leave open whether there is a node that both choose.`),example:`${p({})}---
${r(`
      apiVersion: apps/v1
      kind: DaemonSet
      metadata: {name: masq, namespace: kube-system}
      spec: {template: {spec: {containers: [{name: ip-masq-agent}]}}}
    `)}`,fix:e(`
      Keep one, or give each nodes of its own by nodeSelector or nodeAffinity. Two containers can be what server-side
      apply left of a DaemonSet that somebody else applied: delete it, and apply again.`),source:"kubernetes-sigs/ip-masq-agent"},MQ619:{meaning:e(`
      masq-agent writes the last good file, and what it last saw, into /run/masq-agent, or where --state-dir says. Without
      a folder of the node mounted there the file is gone with the pod: a new pod that finds a refused file has nothing
      to enforce, and on a node that was restarted there are no rules at all. Where nothing can be written, the liveness
      probe fails too, and the agent is started again and again.`),example:p({container:"masq-agent"}),fix:"Mount a hostPath volume of the type DirectoryOrCreate at /run/masq-agent, as the DaemonSet that masq renders does.",source:t.masq},MQ620:{meaning:e(`
      A command other than run, --once or --dry-run is meant for a terminal: the agent answers and ends. As the program of
      a DaemonSet it is started again and again, with growing pauses, and between them nothing reads the file or heals the
      rules; with --dry-run none is ever written.`),example:p({container:"masq-agent",args:"check, /etc/config/ip-masq-agent"}),fix:"Remove the word: masq-agent runs and enforces when it is told nothing else.",source:t.masq},MQ621:{meaning:e(`
      Programs that write rules with iptables-legacy read a whole table, change it and write it back. They take turns by a
      lock, /run/xtables.lock of the node. Without it in the container masq-agent and kube-proxy can overwrite each
      other's rules; where the container's root cannot be written to, iptables-legacy fails, and no rule is written.
      Nodes with iptables-nft or nftables do not use the lock; which of them a node has is often known there only.`),example:p({container:"masq-agent"}),fix:e(`
      Mount a hostPath volume of the type FileOrCreate at /run/xtables.lock, as the DaemonSet that masq renders does, or
      write "--backend=nftables" where that is what the nodes have.`),source:"iptables 1.8: xtables_lock, measured"}},Y={MQ901:{meaning:e(`
      What was about to be emitted was read back, and it is not what the intent asks for: it treats some packet otherwise,
      and the message names that packet and both treatments; or an object is missing, cannot be read or differs from what
      the intent was rendered to. Nothing is written: this is the check that keeps a fault of masq, or a patch of rendered
      objects, from reaching a cluster. Patches pass where they change neither packets, nor the agent's nodes, nor whether
      it starts: labels and annotations, finalizers and owners; further keys of the ConfigMap, and its file in another style;
      of the DaemonSet the update strategy, further tolerations, priorityClassName, resources, imagePullPolicy,
      imagePullSecrets, dnsPolicy, terminationGracePeriodSeconds, how often probes ask, further env, klog's flags, a
      root that can be written, seccomp and SELinux, preferred nodes, and further volumes, mounts and unprivileged
      containers with names and paths of their own; of the ServiceAccount what its pods pull and mount; of definitions
      their short names.`),example:`# No input is known that leads here; a patch does, such as one that renames the ConfigMap
`,fix:e(`
      Say it in the intent instead of patching what is rendered from it; where the intent has no field for it, undo the
      patch, or apply it outside of masq, which then cannot vouch for what becomes of it. Where nothing was patched,
      report it with the intent: nothing in it is wrong because of this.`),source:t.masq},MQ902:{meaning:"masq itself failed in a way that it did not expect. Nothing was written.",example:`# No input is known that leads here; one that does is a bug of masq
`,fix:"Report it with the input and the message.",source:t.masq},MQ903:{meaning:e(`
      The rendered manifests on disk are not those that the intent renders to now. What Argo CD or Flux sync from the
      folder is still the old treatment.`),example:`# An intent that was changed, and its folder that was not rendered again
`,fix:"Render again, with the command that the finding names, and commit the result together with the intent.",source:t.masq},MQ904:{meaning:e(`
      A file cannot be read: it does not exist, is a folder, or may not be opened; or a folder holds a symbolic link or a
      pipe with the name of a file. All other files of the run are checked all the same. When it is an argument that leads
      nowhere, the exit code is 2; an entry of .masq.yaml that leads nowhere is a finding there, and the exit code 1.`),example:`# A path with a typing error, or a file without read permission
`,fix:"Correct the path, the link or the permissions; a pipe is read when it is named itself.",source:t.masq},MQ905:{meaning:e(`
      A rendered file belongs to none of the given intents. If a cluster is synced from its folder, the old objects stay
      applied. Deleting them does not take the agent's rules off the nodes.`),example:`# The folder of an intent that was renamed or deleted
`,fix:"Remove the file if its cluster is gone, or give masq the missing intent too.",source:`${t.masq}; ${t.standard}`},MQ906:{meaning:e(`
      Nothing in what "masq validate" or "masq lint" was given is a document that masq knows. Nothing was checked, and a
      check that looks at nothing must not pass: the file or the folder may be the wrong one, or the command before a pipe
      may have failed. One document that masq knows is enough: the other files then get the note MQ212. With --changed,
      as hooks give it, a commit may have nothing for masq. It is a note where an entry of intents in .masq.yaml is gone and
      what is rendered no more is to be deleted: git keeps no empty folders, so that the last intent takes its folder with
      it.`),example:`# What a kubectl that failed writes to the standard input: nothing
`,fix:e(`
      Name the folder that holds intents, agent files or manifests. In a pipe use "set -o pipefail".`),source:t.masq},MQ907:{meaning:e(`
      A cluster's folder holds a manifest that masq has not written. Argo CD, Flux and "kubectl apply -f" apply the folder
      as it is, so that this object reaches the cluster too, and "masq synth --check" compares only what the intent renders
      to. A kustomization of your own is not told: it says itself what is applied. It is an error when masq has rendered the
      manifest for another data plane: two would be configured at once.`),example:`# A second ConfigMap, put by hand beside the rendered one
`,fix:e(`
      Move the file to a folder of its own. If it is meant to be applied with the rendered ones, it may stay: this is a
      note, and "masq validate" of the folder checks them together.`),source:t.masq}};var k="masquerade: {preserve: [rfc1918]}",z={MQ401:{meaning:e(`
      On GKE the agent's chain must be IP-MASQ. With any other name GKE's own rules stay beside it and are not replaced:
      they go on deciding for packets that the list was to preserve or to masquerade.`),example:i("gke-standard",`
      ${k}
      agent:
        chain: IP-MASQ-AGENT
    `),fix:'Write "chain: IP-MASQ", or remove the key: it is the default on GKE.',source:t.standard},MQ402:{meaning:e(`
      With GKE Dataplane V2 the agent must run with --random-fully=false. Google says so and documents neither the reason
      nor what happens otherwise.`),example:i("gke-standard",`
      ${k}
      agent:
        randomFully: true
    `,{network:"dataplane: v2"}),fix:'Write "randomFully: false", or remove the key: it is the default on GKE.',source:t.standard},MQ403:{meaning:e(`
      The cluster was created with --disable-default-snat, which has no effect where ip-masq-agent runs: the list decides,
      and packets outside of it are masqueraded. Pod addresses are then kept towards the list only, not everywhere.`),example:i("gke-standard",k,{network:"disableDefaultSnat: true"}),fix:"Put into the list whatever should be preserved, and do not count on the flag. Remove the key to silence this.",source:t.gke},MQ404:{meaning:e(`
      The cluster has Windows Server node pools, where Google does not support IP masquerading. Pods there are not
      touched by anything that masq renders; the DaemonSet is kept to Linux nodes.`),example:i("gke-standard",k,{network:"windowsNodePools: true"}),fix:"Nothing here can change it. Keep pods that depend on the treatment on Linux nodes.",source:t.gke},MQ405:{meaning:e(`
      EgressNATPolicy exists on Autopilot from GKE 1.23.4-gke.1600 on, and on 1.22 from 1.22.7-gke.1500. In an older
      cluster the API server does not know the kind, and the objects cannot be applied.`),example:i("gke-autopilot",`
      masquerade:
        preserve: [rfc1918]
        defaultPolicy: replace
    `,{version:"1.22.6-gke.300"}),fix:"Upgrade the cluster, then write its version.",source:t.gke},MQ406:{meaning:e(`
      EgressNATPolicy works on clusters that were created with GKE Dataplane V2 only. On others the policies have no
      documented effect.`),example:i("gke-autopilot",`
      masquerade:
        preserve: [rfc1918]
        defaultPolicy: replace
    `,{network:"dataplane: v1"}),fix:'Write "dataplane: v2" if the cluster was created with it; otherwise it needs a new cluster.',source:t.gke},MQ407:{meaning:e(`
      Autopilot always preserves pod addresses towards 169.254.0.0/16, and an EgressNATPolicy can only add destinations to
      preserve. Masquerading link-local cannot be had there.`),example:i("gke-autopilot",`
      masquerade:
        preserve: [rfc1918]
        defaultPolicy: replace
        linkLocal: masquerade
    `),fix:'Write "linkLocal: preserve", or remove the key.',source:t.gke},MQ408:{meaning:e(`
      GKE generates an EgressNATPolicy named default with eleven ranges. Whether a policy of your own adds to it or
      replaces it Google does not document, so the intent has to say what it wants: with the wrong guess, packets to the
      eleven ranges are treated the other way.`),example:i("gke-autopilot",k),fix:e(`
      Write "defaultPolicy: replace" to rewrite the policy default to your list, or "defaultPolicy: add" to keep the
      eleven ranges beside it.`),source:`${t.gke}; how policies combine is not documented`},MQ409:{meaning:e(`
      Google does not document whether a custom EgressNATPolicy adds to the generated one or replaces it. The rendered
      policy therefore repeats the eleven default ranges: packets are treated alike in both cases, and masq proves it for
      both readings.`),example:i("gke-autopilot",`
      masquerade:
        preserve: [203.0.112.0/22]
        defaultPolicy: add
    `),fix:'Nothing has to be done. Write "defaultPolicy: replace" if the eleven ranges should not be preserved.',source:`${t.gke}; how policies combine is not documented`},MQ410:{meaning:e(`
      Policies named gke-, eight hexadecimal digits and a number are managed by GKE: they hold the cluster's node, pod and
      service ranges and cannot be edited. What is applied under such a name is refused or overwritten.`),example:i("gke-autopilot",`
      masquerade:
        preserve: [rfc1918]
        defaultPolicy: add
        policyName: gke-bbfa6c0e-1
    `),fix:"Choose another name, or leave the key out: the default is masq.",source:t.gke},MQ411:{meaning:e(`
      The platform has no way to say this: a gateway on GKE, an agent's flags where Google runs the agent, a list of
      preserved destinations on Anthos bare metal. masq renders nothing rather than something wider or narrower. An
      IPv6 destination in an EgressNATPolicy of any origin is a warning: Google documents the kind for IPv4 only.`),example:i("gke-standard",`
      ${k}
      egress:
        floatingIPs: [10.128.0.100, 10.128.0.101]
    `),fix:"Remove the key; the message names the reason, and what the platform offers instead where there is something.",source:"the platform's documents, named with each platform under docs/platforms"},MQ412:{meaning:e(`
      The version cannot be read. It decides which kinds and defaults exist, so a wrong guess would render objects that the
      cluster does not know.`),example:i("gke-standard",k,{version:"latest"}),fix:"Write the version as the platform prints it: 1.29.4-gke.1043000 on GKE, 1.10.2 on Anthos.",source:t.masq},MQ413:{meaning:e(`
      GKE deploys ip-masq-agent by itself when network policy is enforced without Dataplane V2, or when a pod range lies
      outside of 10.0.0.0/8, unless the default SNAT is disabled. A second DaemonSet of the same name would fight with
      GKE's reconciliation.`),example:i("gke-standard",`
      ${k}
      agent:
        daemonSet: render
    `,{pods:"100.64.0.0/16"}),fix:'Write "daemonSet: existing", or remove the key: masq then renders the ConfigMap alone.',source:t.gke},MQ414:{meaning:e(`
      Before 1.14.1-gke.14 and 1.14.2-gke.1 the default destinations depended on the node image and on the agent's flag:
      three ranges for cos_containerd or with --nomasq-all-reserved-ranges, 10.0.0.0/8 alone for other images. masq does
      not guess between them.`),example:i("gke-standard",`
      masquerade:
        preserve: [platform-default]
    `,{version:"1.13.7-gke.8"}),fix:"Name the image under spec.network.nodeImage, or write the ranges instead of platform-default.",source:t.gke2019},MQ415:{meaning:e(`
      "masq synth --target" renders an intent for another data plane only where that one can be told exactly what the
      intent says. This it cannot be told: Calico has no pool for link-local, AWS's CNI has no port ranges, Antrea has no
      list. masq renders nothing rather than something wider or narrower.`),example:`# masq synth --target calico
${i("kubernetes",k)}`,fix:"Write what the message names instead, where there is something; else render for a data plane that can.",source:"the documents of each data plane, named in docs/targets.md"},MQ416:{meaning:e(`
      A data plane does something by itself that depends on a fact which the intent does not hold: AWS's CNI never
      translates packets to the VPC's ranges, Cilium chooses its gateway by the labels of nodes. Without the fact nobody
      can tell whether what is rendered means what the intent says.`),example:`# masq synth --target aws
${i("kubernetes",k)}`,fix:"Give the option that the message names, or add the fact to the intent.",source:"the documents of each data plane, named in docs/targets.md"}};var B={MQ301:{meaning:e(`
      An entry would masquerade packets to nodes, pods or Services of the cluster itself. The receiver would then see the
      sender's node instead of the pod, which breaks NetworkPolicies that select pods and every log of who called. Google
      asks that the list hold at least the node and pod ranges; masq preserves them in any case and refuses the
      contradiction.`),example:i("kubernetes",`
      masquerade:
        preserve: [rfc1918]
        always: [10.244.9.0/24]
    `),fix:"Narrow the entry so that it leaves the cluster's own ranges out, or correct the ranges under spec.network.",source:t.standard},MQ302:{meaning:e(`
      Masquerading 169.254.0.0/16 takes two steps: masqLinkLocal must be true, and no entry of the list may contain the
      range. With only one of them the range is preserved all the same, and packets to link-local addresses keep the
      pod's source.`),example:r(`
      nonMasqueradeCIDRs:
        - 10.0.0.0/8
        - 169.254.0.0/16
      masqLinkLocal: true
    `),fix:'Take the range out of the list (in an intent: write "except: [link-local]"), or drop masqLinkLocal.',source:t.gke},MQ303:{meaning:e(`
      Pod addresses are preserved to the internet. They are internal and cannot be routed there, so no reply comes back
      and connections hang, unless something behind the nodes translates them: Cloud NAT over the pods' secondary ranges
      with a default internet route, or a custom default route to a NAT VM or load balancer.`),example:i("kubernetes",`
      masquerade:
        preserve: [any-ipv4]
    `),fix:'Preserve less, or declare the route: "internetRoute: cloud-nat" or "custom-default-route" under spec.network.',source:t.gke},MQ304:{meaning:e(`
      Pods have addresses outside of RFC 1918 (IPv6: of RFC 4193) and keep them towards destinations all around their own
      range, or have addresses that are in use on premises and keep them towards hosts there. Such a host may have the very
      address of a pod, or a route of its own for it: replies go there and never come back. All entries are judged
      together, less what "always" takes out. Masquerading such traffic to the node's RFC 1918 address is why people use the agent here.`),example:i("kubernetes",`
      masquerade:
        preserve: [shared-address-space]
    `,{pods:"100.64.0.0/16"}),fix:"Preserve only what is inside the cluster, or except the ranges that are in use elsewhere.",source:t.gke},MQ305:{meaning:e(`
      A node range overlaps a range in use on premises. Masqueraded packets leave with the node's address, which the far
      side takes for one of its own: replies can go in circles between the two networks. Google warns of a traffic
      loop.`),example:i("kubernetes","masquerade: {preserve: [rfc1918]}",{network:"onPremisesCIDRs: [192.168.0.0/16]"}),fix:"Use a node range that is free on premises, or correct onPremisesCIDRs.",source:t.gke},MQ306:{meaning:e(`
      Node, pod and service ranges overlap. The same address would be a node and a pod: routing inside the cluster
      becomes ambiguous, and no list of destinations can put it right.`),example:i("kubernetes","masquerade: {preserve: [rfc1918]}",{services:"10.244.128.0/20"}),fix:"Correct the ranges to those that the cluster really has; they are always apart.",source:"Kubernetes: cluster networking"},MQ307:{meaning:e(`
      The list is empty. To the agent that means: masquerade everything but link-local, traffic between pods and from
      pods to nodes too, so that receivers see nodes only. It is honoured, since it can be meant; most often a template
      rendered no entry.`),example:r(`
      nonMasqueradeCIDRs: []
    `),fix:e(`
      Write the list, at the least the node and pod ranges. If all of it is meant, keep [] and silence the rule. In an
      intent the cluster's own ranges stay preserved even so, and with "defaultPolicy: add" the ranges of the generated
      policy too.`),source:t.upstream},MQ308:{meaning:e(`
      An entry is of an address family that the pods do not have. No packet matches it; IPv6 rules are written only when
      a pod range is IPv6.`),example:i("kubernetes","masquerade: {preserve: [rfc1918, unique-local]}"),fix:"Add the IPv6 range to podCIDRs if pods have IPv6 addresses; otherwise remove the entry.",source:t.upstream},MQ309:{meaning:e(`
      The agent runs with --enable-ipv6, and its list has no IPv6 range. It then writes IPv6 rules that preserve
      link-local alone: every IPv6 packet between pods is masqueraded to its node.`),example:`${g("nonMasqueradeCIDRs: [10.0.0.0/8]")}---
${p({args:"--enable-ipv6"})}`,fix:"List the pods' and nodes' IPv6 ranges, or remove the flag. An intent with an IPv6 pod range does both.",source:t.upstream},MQ310:{meaning:e(`
      No list is given, so the agent falls back to a built-in one: three RFC 1918 ranges, or eleven with
      --nomasq-all-reserved-ranges. Which of the two depends on a flag elsewhere; a list in the file replaces them whole.
      Pod and node ranges outside of the built-in list are masqueraded.`),example:r(`
      masqLinkLocal: false
      resyncInterval: 60s
    `),fix:'Write nonMasqueradeCIDRs. In an intent "preserve: [platform-default]" writes the built-in list out.',source:`${t.guide}; ${t.upstream}`},MQ311:{meaning:e(`
      The resync interval is zero, negative or below 100ms. ip-masq-agent then spins: it rewrites all rules without a
      pause and takes a third of a core on every node.`),example:r(`
      nonMasqueradeCIDRs: [10.0.0.0/8]
      resyncInterval: 1ms
    `),fix:"Write 60s, the default, or any interval of at least 100ms.",source:t.upstream},MQ312:{meaning:e(`
      A range of source ports is malformed, out of 1 to 65535, or runs backwards. The agent exits on a text that is no
      number; numbers out of range pass its check and fail in iptables, which leaves the chain empty: every packet
      leaves with the pod's address.`),example:i("kubernetes",`
      masquerade: {preserve: [rfc1918]}
      agent:
        toPorts: [1024-70000]
    `),fix:"Write ranges such as 1024-29999 and 32768-65535, the lower port first.",source:t.upstream},MQ313:{meaning:e(`
      The chain's name is one that iptables does not take (over 28 characters, odd signs, or that of a target such
      as MARK), or belongs to somebody else. The agent flushes its chain at each sync: with KUBE-POSTROUTING it takes over kube-proxy's rules. A name that
      is too long fails at every sync, and no rule is written.`),example:i("kubernetes",`
      masquerade: {preserve: [rfc1918]}
      agent:
        chain: KUBE-POSTROUTING
    `),fix:"Leave the key out: IP-MASQ-AGENT is the default, and IP-MASQ on GKE.",source:t.upstream},MQ314:{meaning:e(`
      The intent has neither masquerade nor egress, so no object is needed and none is rendered. Packets are treated as
      the platform treats them by itself.`),example:i("kubernetes",""),fix:"Add spec.masquerade or spec.egress, or leave the intent out.",source:t.masq},MQ315:{meaning:e(`
      The cluster declares no service ranges. Packets to a Service are normally rewritten to a pod before masquerading is
      decided; where they are not, masq cannot make sure that they keep their source.`),example:i("kubernetes","masquerade: {preserve: [rfc1918]}",{services:""}),fix:'Name the range under spec.network.serviceCIDRs, or write "serviceCIDRs: []" if none of it is routed.',source:t.masq},MQ316:{meaning:e(`
      The address of a node lies in none of the node ranges. masq keeps the source of packets to those ranges only; packets
      to this node can be masqueraded, which breaks NetworkPolicies and the logs of what runs there.`),example:i("kubernetes","masquerade: {preserve: [rfc1918]}",{network:"nodeIPs: [172.20.4.1]"}),fix:"Add the node's subnet to nodeCIDRs, or correct the address.",source:t.masq},MQ317:{meaning:e(`
      A service range overlaps a range in use on premises. Packets to such an address are taken for a Service's on the
      node itself, and never leave it for the host on premises. No list of destinations can put it right.`),example:i("kubernetes","masquerade: {preserve: [rfc1918]}",{network:"onPremisesCIDRs: [10.96.4.0/24]"}),fix:"Use a service range that is free on premises, or correct onPremisesCIDRs.",source:"Kubernetes: cluster networking"},MQ318:{meaning:e(`
      A node, pod or service range holds addresses that no host can have: loopback, link-local, multicast, broadcast or
      0.0.0.0/8. The kernel and routers drop packets with such a source or destination, or never send them out. The range
      is a slip, and would be preserved.`),example:i("kubernetes","masquerade: {preserve: [rfc1918]}",{pods:"169.254.0.0/17"}),fix:"Write the range that the cluster really has. Class E (240.0.0.0/4) is allowed.",source:"RFC 1122, RFC 3927, RFC 5771, RFC 919, RFC 4291"},MQ319:{meaning:e(`
      The intent says how the agent is to run, and gives no list of destinations. Without spec.masquerade no agent is
      rendered: masquerading stays as the platform does it, and what is said of the agent has no effect.`),example:i("kubernetes","agent: {resyncInterval: 30s}"),fix:'Write the list, with "preserve: [platform-default]" for what the platform preserves by itself, or remove agent.',source:t.masq},MQ320:{meaning:e(`
      A range in use on premises lies inside a pod range. In the cluster its addresses are pods': packets to them never
      leave for the hosts on premises that have them too. No list of destinations can put it right. Where the range on
      premises is the wider one, masquerading to the rest of it does help, and nothing is said.`),example:i("kubernetes","masquerade: {preserve: [172.16.0.0/12]}",{network:"onPremisesCIDRs: [10.244.7.0/24]"}),fix:"Use a pod range that is free on premises, or correct onPremisesCIDRs.",source:"Kubernetes: cluster networking"},MQ321:{meaning:e(`
      The intent asks for masq-agent and names no image of it. Google and kubernetes-sigs publish images of ip-masq-agent;
      nobody publishes one of masq-agent, and a name that masq made up could become somebody else's in a public registry,
      whose program would then run with NET_ADMIN on every node.`),example:i("kubernetes",`masquerade: {preserve: [rfc1918]}
agent: {flavor: masq}`),fix:e(`
      Build the image with "npm run image" in masq's repository, push it to a registry of yours, and write
      "image: registry.example/masq-agent@sha256:\u2026" with the digest that the registry tells.`),source:t.masq},MQ322:{meaning:e(`
      The key is a setting of masq-agent, and another agent is to run: ip-masq-agent has one backend, one format of its
      log, and no metrics. It would have no effect. An image that is called masq-agent is a warning: the DaemonSet of the
      other flavors has no folder for its state and asks it nothing.`),example:i("kubernetes",`masquerade: {preserve: [rfc1918]}
agent: {logFormat: json}`),fix:'Remove the key, or write "flavor: masq" and the image.',source:`${t.upstream}; ${t.masq}`},MQ323:{meaning:e(`
      The same pod runs on every node, and its metrics container listens on this address. On a node that does not have it
      the container cannot start: the pod stays unready, and a rolling update stops there. The rules are not affected.
      It is an error when the address is one that no node can have, such as a multicast group.`),example:i("kubernetes",`
      masquerade: {preserve: [rfc1918]}
      agent:
        flavor: masq
        image: registry.example/masq-agent:0.1.0
        metrics: {address: 192.168.1.11}
    `),fix:e(`
      Write 127.0.0.1 for the node alone or 0.0.0.0 for all of its addresses, or remove the key: the default is each
      node's own address.`),source:t.lab},MQ324:{meaning:e(`
      The pods are in the host network, so the port is one of the node, and a program of Kubernetes listens on it by
      default. Where that program runs, the metrics container cannot start: the pod stays unready, and a rolling update
      stops there; or it is there first, and the other program cannot start. The kubelet's port is an error, since every
      node has a kubelet that listens at all of its addresses. The others are warnings: some listen at 127.0.0.1 alone,
      and some on nodes of the control plane alone, where the agent runs too.`),example:i("kubernetes",`
      masquerade: {preserve: [rfc1918]}
      agent:
        flavor: masq
        image: registry.example/masq-agent:0.1.0
        metrics: {port: 10256}
    `),fix:"Write a port that is free on every node, or remove the key: the default is 9797.",source:"Kubernetes: ports and protocols; kube-proxy and kubelet command-line references"}};var $={...F,...K,...B,...z,...j,..._,...U,...V,...Y};function pe(n){return n.toLowerCase()}function W(n,s){return s===void 0?void 0:new URL(`codes.html#${pe(n)}`,s).href}var R=require("node:fs"),C=class{constructor(s){this.descriptor=s}descriptor;get isTTY(){try{return(0,R.fstatSync)(this.descriptor).isCharacterDevice()}catch{return!1}}get columns(){return Number(process.env.COLUMNS)||80}write(s){let o=Buffer.from(s);for(let d=0;d<o.length;)try{d+=(0,R.writeSync)(this.descriptor,o,d)}catch(h){let{code:m}=h;if(m==="EPIPE")return!1;if(m!=="EAGAIN")throw h;Atomics.wait(new Int32Array(new SharedArrayBuffer(4)),0,0,5)}return!0}},I=new C(1),ge=new C(2);function J(n){return ge.write(n.map(s=>`masq: ${s}
`).join("")),2}function H(n,s,o="auto"){if(o!=="auto")return o==="always";let{FORCE_COLOR:d,NO_COLOR:h,TERM:m}=s;return d!==void 0?d!=="0"&&d!=="false":h!==void 0&&h!==""?!1:m!=="dumb"&&n.isTTY===!0}function X(n){let s=(o,d)=>h=>n&&h!==""?`\x1B[${o}m${h}\x1B[${d}m`:h;return{red:s(31,39),green:s(32,39),yellow:s(33,39),cyan:s(36,39),bold:s(1,22),dim:s(2,22)}}function fe({values:n,positionals:s}){let o=[];for(let m of s){let c=N(m);if(!c)return J([L(m)]);o.push(c)}let d=X(H(I,process.env,n.color)),h=o.length>0?o:q;if(n.format==="json"){let m=h.map(c=>({code:c,...b[c],...$[c],help:W(c,void 0)}));I.write(`${JSON.stringify(m,null,2)}
`)}else o.length===0?I.write(we(h,d)):I.write(o.map(m=>ee(m,d,void 0)).join(`
`));return 0}function we(n,{bold:s,dim:o}){let d=Math.max(...n.map(m=>b[m].name.length));return n.map(m=>{let{severity:c,title:w,name:x}=b[m];return`${s(m)} ${c.padEnd(7)} ${o(x.padEnd(d))}  ${w}
`}).join("")}function ee(n,s,o){let{name:d,severity:h,also:m,title:c}=b[n],{meaning:w,example:x,fix:y,source:T}=$[n],M=W(n,o),Q=(te,ae)=>`${s.bold(te)}
${ye(ae)}
`;return[`${s.bold(`${n} ${d}`)} (${[h,...m].join(", in some cases ")})
${c}.
`,Q("What it means",G(w)),Q("Example",x),Q("What to do",y.includes(`
`)?y:G(y)),Q("Source",G(T)),...M===void 0?[]:[Q("On the web",M)]].join(`
`)}function ye(n){return n.trimEnd().split(`
`).map(s=>s===""?s:`  ${s}`).join(`
`)}function G(n){let s=[""];for(let o of n.split(/\s+/)){let d=s[s.length-1];d!==""&&d.length+1+o.length>78?s.push(o):s[s.length-1]=d===""?o:`${d} ${o}`}return s.join(`
`)}0&&(module.exports={explain,run});
