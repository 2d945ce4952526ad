// SPDX-License-Identifier: EUPL-1.2
// A catalogue of controls by its headings: sections (no full stop in the number), groups below them, controls that are asked.
import type { Catalogue, Control } from "./types";

export interface Group {
  id: string;
  label: string;
  controls: Control[];
}
export interface Section {
  id: string; // "": the catalogue has no headings
  label: string;
  groups: Group[];
  asked: Control[];
}

export function sectionsOf(catalogue: Catalogue): Section[] {
  const sections: Section[] = [];
  const here = (): Section => {
    if (sections.length === 0) sections.push({ id: "", label: catalogue.label, groups: [], asked: [] });
    return sections[sections.length - 1] as Section;
  };
  for (const one of catalogue.controls) {
    if (!one.is_asked && !one.control.includes(".")) sections.push({ id: one.control, label: one.label, groups: [], asked: [] });
    else if (!one.is_asked) here().groups.push({ id: one.control, label: one.label, controls: [] });
    else {
      const section = here();
      // A control beside the groups, such as 2.1 without parts, stands in a group without a name.
      let group = section.groups.at(-1);
      if (group === undefined || (group.id !== "" && !one.control.startsWith(`${group.id}.`))) {
        group = { id: "", label: "", controls: [] };
        section.groups.push(group);
      }
      group.controls.push(one);
      section.asked.push(one);
    }
  }
  return sections;
}
