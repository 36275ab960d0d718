// How messages look: every kind of them, both themes, a phone, and readers who do not see or do not use a mouse.
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { localDiscord } from "./local_discord.mjs";
import { everyKind } from "./every_kind.mjs";
import { column, launch, message, open, violations } from "./browser.mjs";

let browser, discord, ids;
before(async () => {
  browser = await launch();
  discord = await localDiscord("--limits", "none", "--forum", "incidents");
  ids = await everyKind(discord);
  await discord.post("incidents", { content: "it began", thread_name: "Bank is down" });
});
after(async () => {
  await browser?.close();
  await discord?.stop();
});

const colour = (locator, property = "color") => locator.evaluate((element, property) => getComputedStyle(element)[property], property);

test("markdown is rendered as Discord renders it", async () => {
  const { page, settled } = await open(browser, discord.url, { timezoneId: "Asia/Tokyo" });
  const said = message(page, ids.markdown);
  assert.deepEqual(await said.getByRole("heading", { level: 4 }).allInnerTexts(), ["Heading one", "Heading two", "Heading three"]);
  assert.equal(await said.locator(".subtext").innerText(), "subtext below it");
  for (const [tag, text] of [["strong", "bold"], ["em", "italic"], ["u", "underlined"], ["s", "struck"], ["code.inline", "inline code"]]) {
    assert.equal(await said.locator(tag).first().innerText(), text);
  }
  assert.match(await said.locator("blockquote").innerText(), /^a quote\nof two lines\s*$/);
  assert.equal(await said.locator("ul ul li").innerText(), "nested");
  assert.deepEqual((await said.locator("ol li").allInnerTexts()).map((item) => item.trim()), ["one", "two"]);
  const link = said.getByRole("link", { name: "masked link" });
  assert.equal(await link.getAttribute("href"), "https://example.org/invoices");
  assert.match(await said.locator(".content").innerText(), /\*not italic\*/);
  // Ten o'clock in UTC is seven in the evening in the reader's zone.
  assert.match(await said.locator('.stamp[data-style="F"]').innerText(), /Friday,? 1 May 2026.*19:00/);
  assert.match(await said.locator('.stamp[data-style="R"]').innerText(), /ago|in /);
  const keyword = said.locator(".hl-keyword", { hasText: "fn" }).first();
  assert.notEqual(await colour(keyword), await colour(said.locator(".content")));
  assert.equal(await colour(said.locator(".ansi-fg-31")), "rgb(220, 50, 47)");
  assert.equal(await said.locator(".ansi-fg-31").innerText(), "ERROR");
  await settled();
});

test("an embed has its bar, its rows of fields and its footer with the reader's time", async () => {
  const { page, settled } = await open(browser, discord.url, { timezoneId: "America/New_York" });
  const embed = message(page, ids.embed).locator(".embed");
  assert.equal(await embed.locator(".bar rect").getAttribute("fill"), "#2ecc71");
  const bar = await embed.locator(".bar").boundingBox();
  const box = await embed.boundingBox();
  assert.ok(bar.x === box.x && bar.width === 4 && Math.abs(bar.height - box.height) < 1, "the bar runs down the left side");
  const fields = await embed.locator(".field").evaluateAll((all) => all.map((one) => one.getBoundingClientRect().y));
  assert.ok(fields[0] === fields[1] && fields[1] === fields[2] && fields[3] > fields[2], `rows at ${fields}`);
  assert.equal(await embed.getByRole("link", { name: "Payment received" }).getAttribute("href"), "https://example.org/payments/7");
  assert.match(await embed.locator(".embed-footer").innerText(), /invoice-service 1\.2\.0\s+•\s+01\/05\/2026, 06:00/);
  await settled();
});

test("files, pictures, flags, pings, polls and components are shown for what they are", async () => {
  const { page, settled } = await open(browser, discord.url);
  const files = message(page, ids.files);
  assert.equal((await files.locator(".file-text > .code").innerText()).split("\n").length, 6);
  assert.equal(await files.getByText("line 40 of the log").isVisible(), false);
  await files.getByText("34 more lines").click();
  assert.equal(await files.getByText("line 40 of the log").isVisible(), true);
  const pictures = page.locator(`#m-${ids.files} img, #m-${ids.pictures} img, #m-${ids.components} img`);
  assert.equal(await pictures.count(), 3);
  for (const picture of await pictures.all()) {
    await picture.scrollIntoViewIfNeeded();
    await page.waitForFunction((picture) => picture.complete && picture.naturalWidth === 160, await picture.elementHandle());
  }
  assert.equal(await message(page, ids.pictures).locator(".elsewhere").count(), 2);
  assert.equal(await files.getByRole("link", { name: "events.gz" }).count(), 1);

  assert.equal(await message(page, ids.silent).locator(".byline").getByText("silent", { exact: true }).count(), 2);
  assert.equal(await message(page, ids.suppressed).locator(".embed").count(), 0);
  await message(page, ids.suppressed).getByText("1 embed suppressed").waitFor();
  const pinging = message(page, ids.pinging);
  assert.match(await pinging.locator(".byline").innerText(), /pings role 222, user 111/);
  assert.deepEqual(await pinging.locator(".mention.pings").allInnerTexts(), ["@user-111", "@role-222"]);
  assert.equal(await pinging.locator(".mention:not(.pings)").innerText(), "@user-333");
  assert.deepEqual(await message(page, ids.poll).locator("li").allInnerTexts(), ["yes", "no"]);
  const components = message(page, ids.components);
  assert.equal(await components.locator(".container > .bar rect").getAttribute("fill"), "#e67e22");
  assert.equal(await components.getByRole("link", { name: "Open the run" }).getAttribute("href"), "https://example.org/runs/7");
  await message(page, ids.edited).getByText("(edited)").waitFor();
  await column(page, "incidents").getByRole("heading", { name: "Post: Bank is down" }).waitFor();
  await settled();
});

test("the JSON of a message is one key away and goes with Escape", async () => {
  const { page, settled } = await open(browser, discord.url);
  await message(page, ids.pinging).getByRole("link", { name: "JSON of this message" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  const shown = JSON.parse(await page.locator("#json-text").innerText());
  assert.equal(shown.id, ids.pinging);
  assert.deepEqual(shown.allowed_mentions, { users: ["111"], roles: ["222"] });
  await page.keyboard.press("Escape");
  assert.equal(await page.getByRole("dialog").count(), 0);
  await settled();
});

test("the theme is the system's until the reader chooses, and the choice is kept", async () => {
  const dark = "rgb(49, 51, 56)";
  const light = "rgb(255, 255, 255)";
  for (const [colorScheme, first, second] of [["dark", dark, light], ["light", light, dark]]) {
    const { page, settled } = await open(browser, discord.url, { colorScheme });
    const ground = () => colour(column(page, "errors"), "backgroundColor");
    assert.equal(await ground(), first);
    await page.getByRole("button", { name: /theme$/ }).click();
    assert.equal(await ground(), second);
    await page.reload();
    assert.equal(await ground(), second);
    await settled();
  }
});

test("on a phone one channel is in view, and its tab leads to the others", async () => {
  const { page, settled } = await open(browser, discord.url, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const inView = () =>
    page.evaluate(() =>
      [...document.querySelectorAll(".column")]
        .filter((one) => one.getBoundingClientRect().right > 1 && one.getBoundingClientRect().left < innerWidth - 1)
        .map((one) => one.dataset.name));
  assert.deepEqual(await inView(), ["finance"]);
  assert.equal((await column(page, "finance").boundingBox()).width, 390);
  await page.getByRole("navigation").getByRole("link", { name: "errors" }).click();
  await page.waitForFunction(() => Math.abs(document.querySelector('[data-name="errors"]').getBoundingClientRect().x) < 1);
  assert.deepEqual(await inView(), ["errors"]);
  await page.locator('.tabs a[aria-current="true"]', { hasText: "errors" }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390, "nothing is wider than the phone");
  await settled();
});

test("the page shows its messages without any script", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(discord.url);
  await message(page, ids.edited).getByText("after the edit").waitFor();
  await page.getByText("not live").waitFor();
  const box = await message(page, ids.edited).boundingBox();
  assert.ok(box.y > 0 && box.y < 720, "the newest is in view");
  await context.close();
});

for (const colorScheme of ["dark", "light"]) {
  for (const [device, viewport] of [["a desk", { width: 1600, height: 900 }], ["a phone", { width: 390, height: 844 }]]) {
    test(`axe-core finds nothing at ${device} in the ${colorScheme} theme`, async () => {
      const { page, settled } = await open(browser, discord.url, { colorScheme, viewport });
      assert.deepEqual(await violations(page), []);
      for (const id of Object.values(ids)) {
        await message(page, id).scrollIntoViewIfNeeded();
        await message(page, id).hover();
      }
      for (const input of await page.locator(".spoiler > input").all()) await input.check({ force: true });
      await page.locator("details").evaluateAll((all) => all.forEach((folded) => (folded.open = true)));
      await page.getByRole("switch", { name: "Slow" }).click();
      await page.locator('[data-kind="latency"][aria-checked="true"]').waitFor();
      assert.deepEqual(await violations(page), []);
      await page.getByRole("switch", { name: "Slow" }).click();
      await page.locator("#faults:empty").waitFor({ state: "attached" });
      await page.keyboard.press("Escape");
      await message(page, ids.embed).getByRole("link", { name: "JSON of this message" }).press("Enter");
      await page.getByRole("dialog").waitFor();
      assert.deepEqual(await violations(page), []);
      await settled();
    });
  }
}
