import { createHash } from 'node:crypto';
import { FleetNotes } from '../../core/analysis/open-notes';
import { pack, type ReportCluster } from '../../core/analysis/report/pack';
import type { Asked } from '../ask/asked';
import { diffSummary, shortList, tellHit, tellNote, tellUntold } from '../ask/told';
import { podText, shortTerms } from '../ask/words';
import { alike } from './alike';
import { firstChanged, type Report } from './comparison';
import { Html, html, scriptData } from './html';
import { firstPod, type Look, sideOf, titleName, tonesFor, tonesOf, treeOf } from './look';
import { mapSvg } from './svg';
import { SVG_STYLE } from './svg-style';
import { changes, changesIndex, clusterLinks } from './view/changes';
import { fleetTable } from './view/fleet';
import { legend } from './view/legend';
import { listed } from './view/names';
import { ruleTables } from './view/rules';
import { tree } from './view/tree';

/** The script and the style of every report; tools/build.ts makes them of `client/`. */
declare const REPORT_SCRIPT: string;
declare const REPORT_STYLE: string;

/** How every report begins: by this it is known that a file may be written over. */
export const REPORT_MARK = '<!doctype html>\n<!-- masq report -->';

/** Without a script so many rows of a table can be read, and so many changes. */
const ROWS = 200;
const CHANGES = 20;
/** So few of them stand open all; of more the first one, and the others are a line each, which unfolds. */
const FEW_CHANGES = 3;

/** A report as one page that needs nothing else: no network, and no script for its tables. */
export function reportPage(report: Report): string {
  const { clusters, asked } = report;
  const [first] = clusters as readonly [ReportCluster, ...ReportCluster[]];
  const shown = firstChanged(report) ?? first;
  const title = titleOf(report);
  const data = {
    packed: pack(clusters),
    compares: asked !== undefined,
    first: clusters.indexOf(shown),
  };
  const script = new Html(REPORT_SCRIPT);
  const style = new Html(REPORT_STYLE);
  const policy = `default-src 'none'; script-src '${hashOf(REPORT_SCRIPT)}'; style-src '${hashOf(REPORT_STYLE)}' '${hashOf(SVG_STYLE)}'; img-src data:; base-uri 'none'; form-action 'none'`;
  return html`${new Html(REPORT_MARK)}
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="masq">
<title>${title} &middot; masq report</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header><div><p class="brand">masq report</p><h1>${title}</h1><p class="lede">${lede(report)}</p>${contents(asked !== undefined, clusters.length > 1)}</div>
<fieldset class="segments theme" id="theme" hidden><legend class="quiet">Colours</legend>
${segment('theme', 'auto', 'System', true)}${segment('theme', 'light', 'Light')}${segment('theme', 'dark', 'Dark')}</fieldset></header>
<main id="main" tabindex="-1">
<noscript><p class="note">Scripts are off: the search and the map that zooms need them. The picture and the tables below are of ${shownText(shown)}.</p></noscript>
${notes(report)}
${search(clusters.length)}
${asked && changesSection(asked, clusters)}
${controls(report)}
${sections(shown, asked !== undefined)}
${clusters.length > 1 && !asked && html`<section id="fleet"><h2>All clusters</h2>${fleetTable(alike(clusters))}</section>`}
</main>
<footer><p>Written by <code>masq report</code>, from the files alone: what the page says is worked out by masq&rsquo;s own code, over the whole address space.</p></footer>
<script type="application/json" id="data">${scriptData(data)}</script>
<script>${script}</script>
</body>
</html>
`.text;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function titleOf({ clusters, asked }: Report): string {
  const names = clusters.length === 1 ? titleName(clusters[0]!) : `${clusters.length} clusters`;
  return asked ? `What changes for ${names}` : names;
}

function lede({ clusters, asked }: Report): string {
  if (asked) return `${upperFirst(diffSummary(asked.diff))}.`;
  if (clusters.length === 1)
    return `What happens to the source address of packets from its pods, by ${clusters[0]!.after!.as}.`;
  const groups = alike(clusters).length;
  return groups === 1
    ? 'What happens to the source address of packets from their pods: the same in all of them.'
    : `What happens to the source address of packets from their pods, in ${groups} different ways.`;
}

/** What is not known of the clusters and everything below hangs on. */
function notes({ clusters, asked }: Report): Html | false {
  const collected = new FleetNotes();
  for (const { after } of clusters) if (after) collected.add(after);
  const found = asked ? asked.diff.notes : collected.list();
  return found.length > 0 && html`<div class="note">${found.map(note => html`<p>${tellNote(note)}.</p>`)}</div>`;
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A cluster as it is shown first, in words: what changes for it may be about some pods alone. */
function shownText(cluster: ReportCluster): string {
  const pod = firstPod(cluster);
  return pod ? `${cluster.name}; what changes is shown for packets from ${podText(pod)}` : cluster.name;
}

function segment(name: string, value: string, text: string, checked = false): Html {
  return html`<label><input type="radio" name="${name}" value="${value}"${checked && html` checked`}><span>${text}</span></label>`;
}

/** The parts of the page: with many changes the map is far below. */
function contents(compares: boolean, isFleet: boolean): Html {
  const parts = [
    ...(compares ? [['changes', 'What changes']] : []),
    ['map', 'IPv4'],
    ['ipv6', 'IPv6'],
    ['rules', 'Rules'],
    ...(isFleet && !compares ? [['fleet', 'All clusters']] : []),
  ];
  return html`<nav class="contents" aria-label="Parts of the page">${parts.map(([id, text]) => html`<a href="#${id}">${text}</a>`)}</nav>`;
}

function search(clusters: number): Html {
  return html`<search><form id="ask" hidden><label for="ask-input">Where do packets go?</label>
<div class="field"><input id="ask-input" type="text" autocomplete="off" autocapitalize="none" spellcheck="false" placeholder="10.0.0.1, fd00::/8, pods&hellip;" aria-describedby="ask-error ask-hint"><button type="submit">Ask</button></div>
<p id="ask-hint" class="hint">Addresses, CIDRs and names of ranges such as public, one or several with commas; or ${clusters > 1 && 'a cluster, '}a label that egress policies ask for, or what stands in a rule, its reason or its place.${clusters > 1 && ' Every cluster is asked.'}</p><p id="ask-error" class="error" role="alert"></p><p id="ask-progress" class="hint"></p></form></search>
<section id="answer" tabindex="-1" aria-live="polite" hidden></section>`;
}

function controls({ clusters, asked }: Report): Html {
  return html`<div id="controls" class="controls" hidden>
${clusters.length > 1 && html`<div class="combobox"><label for="cluster">Cluster</label><input id="cluster" type="text" role="combobox" autocomplete="off" autocapitalize="none" spellcheck="false" aria-expanded="false" aria-controls="cluster-list" aria-autocomplete="list"><ul id="cluster-list" role="listbox" aria-label="Clusters" hidden></ul><p id="cluster-left" class="hint" role="status"></p></div>`}
${asked && html`<fieldset class="segments" id="look"><legend>Show</legend>${segment('look', 'changes', 'What changes', true)}${segment('look', 'before', 'Before')}${segment('look', 'after', 'After')}</fieldset>`}
<div class="select" id="pods-field" hidden><label for="pods">Packets from</label><select id="pods"></select></div>
</div>`;
}

function changesSection({ diff, hits, ask }: Asked, clusters: readonly ReportCluster[]): Html {
  const all = new Map(clusters.map(cluster => [cluster.name, cluster]));
  const left = diff.changed.length - CHANGES;
  const none = diff.changed.length + diff.added.length + diff.removed.length === 0;
  return html`<section id="changes"><h2>What changes</h2>
${none && html`<p>${diff.untold.length > 0 ? 'Nothing that is known.' : 'Nothing: every packet is treated as before.'}</p>`}
${changesIndex(diff.changed, all)}
${diff.changed.slice(0, CHANGES).map((group, i) => changes(group, ask, all, i > 0 && diff.changed.length > FEW_CHANGES))}
${left > 0 && html`<p class="left">${left} more changes are not told here: choose a cluster, or run masq diff. They are of ${listed(diff.changed.slice(CHANGES).flatMap(group => clusterLinks(group, all)))}.</p>`}
${hits.length > 0 && html`<ul class="note">${hits.map(hit => html`<li>Stopped by ${tellHit(hit, shortTerms)}</li>`)}</ul>`}
${diff.added.length > 0 && html`<p>New: ${diff.added.map(({ name }) => name).join(', ')}.</p>`}
${diff.removed.length > 0 && html`<p>Gone: ${diff.removed.map(({ name }) => name).join(', ')}.</p>`}${diff.untold.map(one => html`<p class="left">${shortList(one.names)}: ${tellUntold(one, shortTerms)}.</p>`)}</section>`;
}

/** The map that a script draws. */
function mapApp(): Html {
  return html`<div id="map-app" class="map-app" hidden><div class="map-main">
<div class="map-tools"><nav id="crumbs" class="crumbs" aria-label="Part of the map"></nav><div class="zoom" role="group" aria-label="Zoom"><button type="button" id="zoom-out" aria-label="Zoom out">&minus;</button><button type="button" id="zoom-in" aria-label="Zoom in">+</button><button type="button" id="zoom-all">All</button></div></div>
<div id="map-frame" class="map-frame" role="application" aria-roledescription="map" aria-label="Map of the IPv4 space" aria-describedby="map-keys" tabindex="0"><canvas id="map-canvas"></canvas></div>
<p id="map-keys" class="hint">Each address is a point, and neighbours in number are neighbours on the map. Click or double-click; or, with the map in focus, the arrow keys move, + and &minus; zoom, Enter goes into a block and Escape out of it, and the wheel zooms.</p></div>
<div class="map-side"><div id="detail" class="card"></div><p id="map-live" class="quiet" aria-live="polite"></p><div id="legend"></div><div id="looks" class="looks"></div></div></div>`;
}

/** What the script makes anew for each cluster, as it stands there before. */
function sections(cluster: ReportCluster, compares: boolean): Html {
  const look: Look = compares ? 'changes' : 'after';
  const subject = sideOf(cluster, look);
  const pod = firstPod(cluster);
  const partitions = tonesFor(cluster, look, pod);
  const caption = { title: `IPv4, ${titleName(cluster)}`, ...(pod && { whom: podText(pod) }), places: subject.places };
  return html`<section id="map" tabindex="-1" aria-labelledby="map-title map-of"><h2 id="map-title">IPv4</h2><p class="lede" id="map-of"></p>${mapApp()}
<div id="map-still">${mapSvg(partitions[4], caption)}${legend(partitions)}</div></section>
<section id="ipv6" tabindex="-1" aria-labelledby="ipv6-title"><h2 id="ipv6-title">IPv6</h2><div id="tree">${tree(treeOf(cluster, look), ROWS)}</div></section>
<section id="rules"><h2>Rules</h2><p class="lede">Every rule that decides about something, with all destinations that it decides about. <span id="rules-of">${titleName(cluster)}, by ${subject.as}.</span></p>
<div class="filter" id="filter-field" hidden><label for="filter">Filter</label><input id="filter" type="text" autocomplete="off" spellcheck="false"><span id="filter-count" role="status"></span></div>
<div id="tables">${ruleTables(subject, tonesOf(cluster), ROWS, pod)}</div></section>`;
}
