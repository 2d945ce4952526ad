// SPDX-License-Identifier: EUPL-1.2
import type { office as en } from "./office.en";

export const office: { [K in keyof typeof en]: string } = {
  passkey_halted: "arrêtée le {at} : il s'agit peut-être d'une copie",
};
