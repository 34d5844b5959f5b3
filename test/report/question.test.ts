import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Question, understand } from '../../cli/report/client/question';
import { cidr, IntervalSet } from '../../core/address';
import { pack, unpack } from '../../core/analysis/report/pack';
import { readSubjects } from '../../core/analysis/subject';
import { termsText } from '../../core/analysis/terms';
import { ROOT } from '../cli/sandbox';

const text = readFileSync(join(ROOT, 'examples/pull-request/intent.yaml'), 'utf8');
const { subjects } = readSubjects([
  { file: 'shop.yaml', text },
  { file: 'bare.yaml', text: text.replace('pull-request-shop', 'bare').replace(/ {4}onPremisesCIDRs.*\n/, '') },
]);
const fleet = unpack(JSON.parse(JSON.stringify(pack(subjects.map(after => ({ name: after.name, after }))))));
const SHOP = fleet.clusters.findIndex(({ name }) => name === 'pull-request-shop');

const about = (asked: string): Question => understand(asked, fleet, SHOP);

/** What is found in the cluster that is looked at, as blocks; or what is said instead. */
function found(asked: string): string {
  const question = about(asked);
  if (question.asks === 'nothing') return question.message;
  if (question.asks === 'cluster') return `cluster ${question.index}`;
  const meant = question.find(fleet.cluster(SHOP));
  return meant ? meant.sets.map(termsText).join(' and ') : question.unknown();
}

describe('a question on a page', () => {
  test.each([
    ['10.0.0.1', '10.0.0.1'],
    ['10.0.0.1, 8.8.8.8', '8.8.8.8, 10.0.0.1'],
    ['10.0.0.1 8.8.8.8;fd00::/8', '8.8.8.8, 10.0.0.1 and fd00::/8'],
    ['10.0.0.0-10.0.0.255', '10.0.0.0/24'],
    ['fd00:: \u2013 fd00::ff', 'fd00::/120'],
    ['pods', '10.244.0.0/16'],
    ['"Pods"', '10.244.0.0/16'],
    ['on-premises', '10.176.0.0/12'],
    ['on-premises networks', '10.176.0.0/12'],
    ['rfc1918', '10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16'],
    ['warehouse', '10.180.7.0/24'],
    ['nodes, 8.8.8.8, warehouse', '8.8.8.8, 10.180.7.0/24, 192.168.1.0/24'],
    ['reports-to-warehouse', '10.180.7.0/24'],
    ['allows this address only', '10.180.7.0/24'],
    ["the company's network", '10.0.0.0/8'],
    ['role=export', '10.180.7.0/24'],
    ['team: reports', '10.180.7.0/24'],
    ['role=export,team=reports', '10.180.7.0/24'],
    ['export', '10.180.7.0/24'],
    ['BARE', `cluster ${1 - SHOP}`],
  ])('%s', (asked, wanted) => {
    expect(found(asked)).toBe(wanted);
  });

  test('public is what no range of the registry is for', () => {
    const question = about('public');
    if (question.asks !== 'destinations') throw new Error('public is no name');
    const { sets } = question.find(fleet.cluster(SHOP))!;
    expect(sets.map(({ family }) => family)).toEqual([4, 6]);
    const held = (text: string) => {
      const block = IntervalSet.ofCidr(cidr(text));
      return sets.some(set => set.family === block.family && set.containsSet(block));
    };
    expect([held('8.8.8.0/24'), held('10.0.0.0/8'), held('2a00::/16')]).toEqual([true, false, true]);
    expect(question.differs).toBe(false);
  });

  test('only what may be something else in another cluster is compared by its share', () => {
    const differs = (asked: string) => {
      const question = about(asked);
      return question.asks === 'destinations' && question.differs;
    };
    expect(['10.0.0.1, 8.8.8.8', 'rfc1918', 'PUBLIC'].map(differs)).toEqual([false, false, false]);
    expect(['10.0.0.1, pods', 'warehouse', 'allows this'].map(differs)).toEqual([true, true, true]);
  });

  test.each([
    ['', 'Type an address, a CIDR or a name.'],
    ['10.0.0.1, 010.0.0.2', '010.0.0.2'],
    ['10.0.0.9-10.0.0.1', '"10.0.0.9-10.0.0.1" ends before it begins; write the lower address first'],
    [
      '10.0.0.1-fd00::1',
      '"10.0.0.1-fd00::1" is no range; write two addresses of one family, such as 10.0.0.1-10.0.0.9',
    ],
    ['10.0.0.1, pod', '"pod" is no address, and nothing here has that name. Did you mean "pods"?'],
    ['gke-prod-7f3a', 'nodes, Services and pods have no names here: ask for their addresses.'],
    ['app=web', 'No egress policy here asks for "app=web".'],
  ])('of "%s" it is said what is wrong', (asked, wanted) => {
    expect(found(asked)).toContain(wanted);
  });

  test('a place that a cluster does not declare is not found in it', () => {
    const question = about('10.0.0.1, on-premises');
    if (question.asks !== 'destinations') throw new Error('on-premises is no name');
    expect(question.find(fleet.cluster(1 - SHOP))).toBeUndefined();
  });
});
