/**
 * The DaemonSet of an agent, as one writes it by hand, that mounts the ConfigMap of the same name. Tests that ask about
 * more put it in with `replace`.
 */
export const agentDaemonSet = (name = 'ip-masq-agent'): string => `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: ${name}, namespace: kube-system}
spec:
  selector: {matchLabels: {k8s-app: ip-masq-agent}}
  template:
    metadata: {labels: {k8s-app: ip-masq-agent}}
    spec:
      hostNetwork: true
      tolerations: [{operator: Exists}]
      containers:
        - name: ip-masq-agent
          image: registry.k8s.io/networking/ip-masq-agent:v2.12.0
          args: [--masq-chain=IP-MASQ-AGENT]
          securityContext: {capabilities: {add: [NET_ADMIN, NET_RAW]}}
          volumeMounts: [{name: config, mountPath: /etc/config}]
      volumes: [{name: config, configMap: {name: ${name}, optional: true, items: [{key: config, path: ip-masq-agent}]}}]
`;

/** A ConfigMap with the file of an agent that preserves 10.0.0.0/8. */
export const agentConfigMap = (name = 'ip-masq-agent', namespace = 'kube-system'): string => `apiVersion: v1
kind: ConfigMap
metadata: {name: ${name}, namespace: ${namespace}}
data: {config: "nonMasqueradeCIDRs: [10.0.0.0/8]"}
`;
