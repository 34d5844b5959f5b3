/**
 * The one place where cdk8s-plus-27 is touched: its generated L1 classes. Its L2 `DaemonSet` is unfit for the agent
 * (it writes `CAP_NET_ADMIN`, `drop: [null]`, a whole CPU of requests, and selector labels hashed from the path).
 * Of an L1 class only the `manifest` is taken: the class converts once more after patches, and drops those of their
 * values that are plain where it has a type of its own.
 */
export { k8s } from 'cdk8s-plus-27';
