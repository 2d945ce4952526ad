// SPDX-License-Identifier: EUPL-1.2
import { mount } from "svelte";
import "./app.css";
import App from "./App.svelte";
import { language } from "./lib/language.svelte";

void language.begin().then(() => {
  const target = document.getElementById("app");
  if (target) mount(App, { target });
});
