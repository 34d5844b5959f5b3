/** What of a page its address tells, so that a link leads to the same. */
export interface Place {
  readonly cluster?: string;
  readonly show?: string;
  readonly from?: string;
  readonly at?: string;
  readonly ask?: string;
}

/** Reads the part of the address behind `#`. */
export function readPlace(): Place {
  try {
    return Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  } catch {
    return {};
  }
}

/** Writes it; the browser's history does not grow. */
export function writePlace(place: Readonly<Record<keyof Place, string | undefined>>): void {
  const parts = Object.entries(place).flatMap(([key, value]) =>
    value === undefined || value === ''
      ? []
      : [`${key}=${encodeURIComponent(value).replace(/%(2F|3A|2C)/g, decodeURIComponent)}`],
  );
  try {
    history.replaceState(null, '', parts.length === 0 ? location.pathname + location.search : `#${parts.join('&')}`);
  } catch {
    // A page that was opened from within another one may have no address of its own.
  }
}
