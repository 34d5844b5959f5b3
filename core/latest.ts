/**
 * A function that remembers its last answer: for work on a cluster that several steps need one after the other, while
 * the clusters before it are to be forgotten.
 */
export function rememberLatest<A extends object, B>(work: (argument: A) => B): (argument: A) => B {
  let latest: { readonly argument: A; readonly answer: B } | undefined;
  return argument => {
    if (latest?.argument !== argument) latest = { argument, answer: work(argument) };
    return latest.answer;
  };
}
