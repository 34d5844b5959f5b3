/** By the signs in chains' names and rules' texts, who writes such rules. The first that fits counts. */
const OWNERS: readonly (readonly [sign: RegExp, owner: string])[] = [
  [/\bip6? masq-agent\b/, 'masq-agent'],
  [/\bNodeLocal DNS\b/, 'NodeLocal DNSCache'],
  [/\bKUBE-ROUTER|kube-router/i, 'kube-router'],
  [/\bKUBE-|\bip6? kube-proxy\b/, 'kube-proxy or the kubelet'],
  [/\bKIND-MASQ-AGENT|kindnet/i, 'kindnet'],
  [/\bcali(?:co)?[-:]|\bcali[46]0/, 'Calico'],
  [/\bCILIUM_|\bcilium/i, 'Cilium'],
  [/\bFLANNEL-|flanneld/, 'flannel'],
  [/\bWEAVE/, 'Weave Net'],
  [/\bAWS-(?:SNAT|CONNMARK)-CHAIN|AWS SNAT|AWS, /, 'the AWS VPC CNI'],
  [/\bOVN-KUBE-|\bovn-kubernetes\b/, 'OVN-Kubernetes'],
  [/\bANTREA-/, 'Antrea'],
  [/\bCNI-HOSTPORT|\bCNI-DN-|\bCNI-[0-9a-f]{8,}/, 'a CNI plugin'],
  [/\bNETAVARK/i, 'Podman (netavark)'],
  [/\bLIBVIRT_|\blibvirt/i, 'libvirt'],
  [/\bISTIO_/, 'Istio'],
  [/\bDOCKER|\bdocker0\b|\bbr-[0-9a-f]{12}\b/, 'Docker'],
  [
    /\b(?:POST|PRE)(?:_|ROUTING_)(?:direct|ZONES|policies|public|external|internal|trusted|[a-z]+_(?:allow|pre|post))|\bfirewalld\b/,
    'firewalld',
  ],
  [/\bufw-|\bufw6-/, 'ufw'],
  [/\bts-postrouting\b/, 'Tailscale'],
  [/ip-masq/i, 'an ip-masq-agent'],
];

/** Who probably wrote a rule, by the chain that it is in and by its text; undefined where nothing tells. */
export function ownerOf(chain: string, text: string): string | undefined {
  return OWNERS.find(([sign]) => sign.test(chain) || sign.test(text))?.[1];
}
