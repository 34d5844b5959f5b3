import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FIXTURES, fixture, fixtures, nftMap, savedMap } from './fixtures';
import { mapText } from './map-text';

/** `MASQ_UPDATE_DATAPLANE=1` writes the maps anew; read the difference. */
const UPDATE = process.env.MASQ_UPDATE_DATAPLANE === '1';

function compare(name: string, text: string): void {
  const path = `${name}.map`;
  if (UPDATE) writeFileSync(join(FIXTURES, path), text);
  expect(existsSync(join(FIXTURES, path)) && fixture(path)).toBe(text);
}

test.each([...fixtures('.save'), ...fixtures('.save6')])('%s', name => {
  compare(name, mapText(savedMap(name.endsWith('6') ? 6 : 4, fixture(name))));
});

test.each(fixtures('.json'))('%s', name => {
  compare(name, mapText(nftMap(4, fixture(name))));
});

test('matches.json, as IPv6 sees it', () => {
  compare('matches.json6', mapText(nftMap(6, fixture('matches.json'))));
});
