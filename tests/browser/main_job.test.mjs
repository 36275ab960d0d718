// The main job, as the README starts it: its messages are on the page, each in its channel.
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { start } from "./local_discord.mjs";
import { column, launch, open } from "./browser.mjs";

let browser, service, started;
before(async () => {
  browser = await launch();
  started = performance.now();
  service = await start("examples/invoice_service", "--traffic");
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

const titles = {
  finance: ["Invoice created", "Invoice updated", "Payment received", "High value", "BTW"],
  system: ["started", "Database", "Slow call", "Daily summary", "file"],
  errors: ["Validation error", "Invoice Processing", "Payment Booking"],
  activity: ["Create Invoice", "Book Payment", "Update Invoice", "uploaded"],
};
const shownTitles = (page, name) => column(page, name).locator(".embed-title").allInnerTexts();

test("the traffic of the main job is in the right channels, as it is", async (t) => {
  const { page, settled } = await open(browser, service.url, { viewport: { width: 1600, height: 1000 }, colorScheme: "dark" });
  await column(page, "finance").locator(".message").first().waitFor();
  t.diagnostic(`from the start of the program to a message on the page: ${Math.round(performance.now() - started)} ms`);

  for (const [name, expected] of Object.entries(titles)) {
    // A problem has one message, however often it occurs.
    await page.waitForFunction((name) => document.querySelectorAll(`.column[data-name="${name}"] .embed`).length >= 3, name);
    const shown = await shownTitles(page, name);
    const own = (title) => expected.some((word) => title.includes(word));
    assert.ok(shown.some(own), `${name} has one of ${expected}: ${shown}`);
    for (const [other, words] of Object.entries(titles)) {
      const foreign = shown.filter((title) => other !== name && words.some((word) => title.includes(word)) && !own(title));
      assert.deepEqual(foreign, [], `what belongs in ${other} is not in ${name}`);
    }
  }
  if (process.env.PICTURE) await picture(page, process.env.PICTURE);
  await settled();
});

/** The picture of the README: each channel from its first message. */
async function picture(page, path) {
  await column(page, "system").getByText("Daily summary").waitFor();
  for (const scroll of await page.locator(".scroll").all()) {
    await scroll.evaluate((element) => (element.scrollTop = -element.scrollHeight));
  }
  await page.screenshot({ path });
}

test("every message that the server holds is on the page, in order", async () => {
  const { page, settled } = await open(browser, service.url);
  for (const name of Object.keys(titles)) {
    // Both sides grow while they are compared: what the server held before must be there after.
    const held = await (await fetch(`${service.url}/_preview/channels/${name}/messages`)).json();
    const ids = held.slice(-40).map(({ id }) => id);
    await column(page, name).locator(`#m-${ids.at(-1)}`).waitFor();
    const shown = await column(page, name).locator(".message").evaluateAll((items) => items.map((item) => item.dataset.key));
    const from = shown.indexOf(ids[0]);
    assert.deepEqual(shown.slice(from, from + ids.length), ids);
    const first = held.at(-1).embeds[0];
    const text = await column(page, name).locator(`#m-${ids.at(-1)}`).innerText();
    assert.ok(text.includes(first.footer.text), text);
  }
  await settled();
});
