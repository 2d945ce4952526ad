// SPDX-License-Identifier: EUPL-1.2
declare module "virtual:europe" {
  export const map: { width: number; height: number; near: string; states: { code: string; outline: string; x: number; y: number; isSmall: boolean }[] };
}
