/** What of a page its address tells behind `#`, so that a link leads to the same. */
export interface Place {
  /** The cluster, by its name. */
  readonly cluster?: string | undefined;
  /** Which side is looked at, or what changes. */
  readonly show?: string | undefined;
  /** The kind of pods, by its number. */
  readonly from?: string | undefined;
  /** The block of IPv4 that is seen. */
  readonly at?: string | undefined;
  /** The IPv4 address that is pointed at. */
  readonly to?: string | undefined;
  /** What was asked. */
  readonly ask?: string | undefined;
}

/** The text of a place, without the `#`: parts that say nothing are left out. */
export function placeText(place: Place): string {
  return Object.entries(place)
    .flatMap(([key, value]) =>
      value === undefined || value === ''
        ? []
        : [`${key}=${encodeURIComponent(value).replace(/%(2F|3A|2C)/g, decodeURIComponent)}`],
    )
    .join('&');
}

/** The place of a text; undefined where the text leads to a part of the page, and tells of no place. */
export function placeOf(text: string): Place | undefined {
  if (text !== '' && !text.includes('=')) return undefined;
  return Object.fromEntries(new URLSearchParams(text));
}
