// SPDX-License-Identifier: EUPL-1.2
// Words of the screens for the office behind the desk: passkeys, proof of receipts, rota, what leaves and comes in, administration.
export const office = {
  passkey_halted: "halted {at}: it may be a copy",
};
