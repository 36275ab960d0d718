// One headless Chromium, and pages that fail the test when something goes wrong in them.
import { readFileSync } from "node:fs";
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const axe = readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-component-update", "--disable-sync"],
  });
}

/**
 * Opens the page and waits until it is live. `settled` closes it and tells what went wrong in it: errors, refused
 * loads, dialogs, and requests to anybody else.
 */
export async function open(browser, url, options = {}) {
  const { path = "/", ...rest } = options;
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, locale: "en-GB", ...rest });
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (said) => said.type() === "error" && wrong.push(`console: ${said.text()}`));
  page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => {
    wrong.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => request.url().startsWith(`${url}/`) || wrong.push(`asked for ${request.url()}`));
  await page.goto(`${url}${path}`);
  await page.locator("#live.yes").waitFor();
  const settled = async () => {
    await context.close();
    assert.deepEqual(wrong, []);
  };
  return { page, context, settled };
}

export const column = (page, name) => page.locator(`.column[data-name="${name}"]`);
export const message = (page, id) => page.locator(`#m-${id}`);

/** Every violation that axe-core finds, as text. */
export async function violations(page) {
  // By the debugger, since the page's policy allows no script but its own.
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const contrast = { rules: { "color-contrast": { enabled: true } } };
    // ANSI colours are Discord's own palette, chosen by whoever wrote the message.
    const { violations } = await window.axe.run({ exclude: [[".code.ansi"]] }, contrast);
    return violations;
  });
  return found.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`));
}
