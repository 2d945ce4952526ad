// SPDX-License-Identifier: EUPL-1.2
import type { Plugin } from "vite";
export function europe(): Plugin;
