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

// Channel, what a message of the kind says, and the name of its picture.
const kinds = [
  ["critical", /🚨 Payments stopped/, "critical"],
  ["failure", /Charge card failed[^]*connection/, "error"],
  ["system", /Slow call/i, "slow"],
  ["finance", /Invoice created/, "event"],
  ["activity", /Create invoice/i, "activity"],
  ["cut", /line 1[^]*see the file/, "cut"],
  ["lines", /📋 \d+ events/, "lines"],
  ["digest", /📚 [\d,]+ events/, "digest"],
  ["system", /could not be kept/, "ledger"],
  ["group", /Save invoice failed ×1,0\d\d[^]*Last hour[^]*Affected/, "group"],
  ["over", /✅ Over: Save invoice failed ×12/, "over"],
  ["back", /Back[^]*after/, "back"],
];

for (const [channel, says, name] of kinds) {
  test(`${name}: ${says.source}`, async () => {
    const { page, settled } = await open(browser, gallery.url, {
      path: `/?channel=${channel}`,
      viewport: { width: 760, height: 1200 },
      colorScheme: "dark",
      timezoneId: "Europe/Amsterdam",
    });
    const message = column(page, channel).locator(".message", { hasText: says }).last();
    await message.waitFor({ timeout: 60_000 });
    if (process.env.GALLERY) await message.screenshot({ path: join(process.env.GALLERY, `${name}.png`) });
    await settled();
  });
}
