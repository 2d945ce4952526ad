// SPDX-License-Identifier: EUPL-1.2
// The title of the window is the heading of the screen, in the page's language, whatever screen it is.
export function followHeading(main: HTMLElement): () => void {
  const own = document.title;
  const show = (): void => {
    const heading = main.querySelector("h1");
    const words = heading?.textContent.trim().replace(/\s+/g, " ") ?? "";
    const title = words === "" || words === own ? own : `${words} – ${own}`;
    if (document.title !== title) document.title = title;
  };
  const watcher = new MutationObserver(show);
  watcher.observe(main, { childList: true, characterData: true, subtree: true });
  show();
  return () => watcher.disconnect();
}
