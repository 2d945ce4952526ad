// SPDX-License-Identifier: EUPL-1.2
// What is read aloud of clocks. They tick to the eye; a threshold that is passed is said once, and several at the same time in one go.
class Speaker {
  words = $state("");
  private said: string[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  say(words: string): void {
    if (this.said.includes(words)) return;
    this.said.push(words);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.words = this.said.slice(0, 5).join(" ");
      this.said = [];
    }, 300);
  }
}
export const speaker = new Speaker();
