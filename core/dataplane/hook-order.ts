import { isEarly, type NatHook } from './nat-rule';

/** How many orders are followed at the most: those of four base chains of one priority. */
const MOST = 24;

/** Where the kernel asks all base chains of type `nat` together, one after the other by their own priorities. */
const SOURCE_NAT = 100;

/**
 * Every order in which the kernel may ask base chains; undefined if there are too many to be followed. Those of one
 * priority it asks in the order of their coming and going, which nothing shows afterwards.
 */
export function hookOrders(hooks: readonly NatHook[]): readonly (readonly NatHook[])[] | undefined {
  const orders: NatHook[][] = [];
  const extend = (order: readonly NatHook[], left: readonly NatHook[]): void => {
    if (left.length === 0) orders.push([...order]);
    for (const hook of left) {
      if (orders.length > MOST) return;
      if (left.some(other => isBefore(other, hook))) continue;
      const others = left.filter(other => other !== hook);
      extend([...order, hook], others);
    }
  };
  extend([], hooks);
  return orders.length > MOST ? undefined : orders;
}

function isBefore(a: NatHook, b: NatHook): boolean {
  // Of those before, what one does to packets does not depend on what another of its priority did.
  if (isEarly(a) || isEarly(b)) return a.priority < b.priority || (a.priority === b.priority && a.chain < b.chain);
  if (a.nat && b.nat) return a.priority < b.priority;
  return (a.nat ? SOURCE_NAT : a.priority) < (b.nat ? SOURCE_NAT : b.priority);
}
