// A message of every kind, as a program's own logging makes it, is on the page. With GALLERY=folder the pictures of
// `docs/messages.md` are written there.
import { test, before, after } from "node:test";
import { join } from "node:path";
import { start } from "./local_discord.mjs";
import { column, launch, open } from "./browser.mjs";

let browser, gallery;
before(async () => {
  browser = await launch();
  gallery = await start("examples/gallery");
});
after(async () => {
  await browser?.close();
  await gallery?.stop();
});

// Channel, what a message of the kind says, the name of its picture, and how many pixels of it are shown.
const kinds = [
  ["critical", /🚨 Payments stopped/, "critical"],
  ["failure", /Charge card failed[^]*connection/, "error"],
  ["system", /Slow call/i, "slow"],
  ["system", /📊 Thursday, 30 April 2026/, "summary", 1500],
  ["finance", /Invoice created/, "event"],
  ["activity", /Create invoice/i, "activity"],
  ["cut", /row 1 [^]*see the file/, "cut", 260],
  ["lines", /📋 \d+ events/, "lines", 280],
  ["digest", /📚 [\d,]+ events/, "digest"],
  ["system", /could not be kept/, "ledger"],
  ["group", /Save invoice failed ×1,0\d\d[^]*Last hour[^]*Affected/, "group"],
  ["over", /✅ Over: Save invoice failed ×12/, "over"],
  ["back", /Back[^]*after/, "back"],
];

for (const [channel, says, name, tallest = 560] of kinds) {
  test(`${name}: ${says.source}`, async () => {
    const { page, settled } = await open(browser, gallery.url, {
      path: `/?channel=${channel}`,
      viewport: { width: 620, height: 2400 },
      colorScheme: "dark",
      timezoneId: "Europe/Amsterdam",
    });
    const message = column(page, channel).locator(".message", { hasText: says }).last();
    await message.waitFor({ timeout: 60_000 });
    if (process.env.GALLERY) await picture(message, join(process.env.GALLERY, `${name}.png`), tallest);
    await settled();
  });
}

/** The end of a message, without what is shown of its files. */
async function picture(message, path, tallest) {
  await message.locator(".file-text > *:not(.file-card)").evaluateAll((shown) => shown.forEach((element) => element.remove()));
  await message.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await message.boundingBox();
  const shown = Math.min(height, tallest);
  await message.page().screenshot({ path, clip: { x, y: y + height - shown, width, height: shown } });
}
