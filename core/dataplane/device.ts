/**
 * Names of a node's network cards, of their bonds and VLANs, as kernels and systemd give them, and of Tailscale's device.
 * A `+` or `*` at the end stands for anything.
 */
const OF_OTHERS =
  /^(?:lo|(?:eth|bond|team|em|tailscale)\d*(?:\.\d+)?[+*]?|(?:en[opsx]|wl[opsx])\w*(?:\.\d+)?[+*]?|p\d+p\d+)$/;

/** Whether only packets of others than the node's own pods come in by a device: these have devices of their own. */
export function isOfOthers(name: string): boolean {
  return OF_OTHERS.test(name);
}
