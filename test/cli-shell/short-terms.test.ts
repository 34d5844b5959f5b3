import { expect, test } from 'vitest';
import { shortened } from '../../cli/ask/words';

test.each([
  ['10.0.0.0/8, 192.168.0.0/16', '10.0.0.0/8, 192.168.0.0/16'],
  // An address that was cut would be another address.
  [`${'x'.repeat(390)}, 10.0.0.0/8`, `${'x'.repeat(390)}, …`],
  [`${'x'.repeat(388)}, 10.0.0.0/8, 10.1.0.0/16`, `${'x'.repeat(388)}, …`],
  [`${'x'.repeat(380)} minus 192.168.100.0/24`, `${'x'.repeat(380)} minus, …`],
])('a long list ends between two of its parts', (list, short) => {
  expect(shortened(list)).toBe(short);
});
