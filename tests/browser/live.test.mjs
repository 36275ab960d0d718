// What happens on a page that is open.
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { localDiscord } from "./local_discord.mjs";
import { column, launch, message, open } from "./browser.mjs";

let browser, discord;
before(async () => {
  browser = await launch();
  discord = await localDiscord("--limits", "none", "--forum", "incidents");
});
after(async () => {
  await browser?.close();
  await discord?.stop();
});

/** Tells whether the document is still the one it was. */
async function unloaded(page) {
  await page.evaluate(() => (window.stillHere = true));
  return () => page.evaluate(() => window.stillHere !== true);
}

test("a post, an edit and a deletion arrive without a reload", async () => {
  const { page, settled } = await open(browser, discord.url);
  const reloaded = await unloaded(page);
  const first = await discord.post("finance", { username: "one", content: "first" });
  const second = await discord.post("finance", { username: "one", content: "second" });
  await message(page, second.id).getByText("second").waitFor();
  assert.equal(await message(page, second.id).locator(".author").isVisible(), true);
  assert.match(await message(page, second.id).getAttribute("class"), /follows/);

  await discord.edit("finance", first.id, { content: "first, corrected" });
  await message(page, first.id).getByText("first, corrected").waitFor();
  await message(page, first.id).getByText("(edited)").waitFor();
  const order = await column(page, "finance").locator(".message").evaluateAll((all) => all.map((one) => one.dataset.key));
  assert.deepEqual(order, [first.id, second.id]);

  await discord.remove("finance", first.id);
  await message(page, first.id).waitFor({ state: "detached" });
  await page.locator(`#m-${second.id}:not(.follows)`).waitFor();
  assert.equal(await reloaded(), false);
  await settled();
});

test("what the reader opened stays open when the message is edited", async () => {
  const { page, settled } = await open(browser, discord.url);
  const posted = await discord.post("activity", { content: "a ||secret|| here" });
  const secret = message(page, posted.id).locator(".spoiler span");
  await secret.waitFor({ state: "attached" });
  assert.equal(await secret.evaluate((span) => getComputedStyle(span).visibility), "hidden");
  await message(page, posted.id).getByLabel("Show the spoiler").focus();
  await page.keyboard.press("Space");
  assert.equal(await secret.evaluate((span) => getComputedStyle(span).visibility), "visible");
  // Once open it stays so, and the keyboard stays where it is.
  await page.keyboard.press("Space");
  assert.equal(await secret.evaluate((span) => getComputedStyle(span).visibility), "visible");
  await discord.edit("activity", posted.id, { content: "a ||changed secret|| here" });
  await message(page, posted.id).getByText("changed secret").waitFor({ state: "visible" });
  assert.equal(await page.evaluate(() => document.activeElement.matches(".spoiler > input")), true);
  await settled();
});

test("threads and forum posts stand together and move to the end", async () => {
  const { page, settled } = await open(browser, discord.url);
  const opened = await discord.post("incidents", { content: "it began", thread_name: "Bank is down" });
  const other = await discord.post("incidents", { content: "another", thread_name: "Slow invoices" });
  const thread = opened.channel_id;
  await message(page, other.id).waitFor();
  await discord.post("incidents", { content: "it goes on" }, [], `wait=true&thread_id=${thread}`);
  const heads = column(page, "incidents").locator(".thread-head h3 bdi");
  await column(page, "incidents").getByText("it goes on").waitFor();
  assert.deepEqual(await heads.allInnerTexts(), ["Slow invoices", "Bank is down"]);
  const said = page.locator(`#t-${thread} .content`);
  assert.deepEqual(await said.allInnerTexts(), ["it began", "it goes on"]);

  // The same from the server, without any script's doing.
  await page.reload();
  await page.locator("#live.yes").waitFor();
  assert.deepEqual(await heads.allInnerTexts(), ["Slow invoices", "Bank is down"]);
  assert.deepEqual(await said.allInnerTexts(), ["it began", "it goes on"]);
  await settled();
});

test("an edit of what is not shown yet changes nothing, until it is shown", async () => {
  const posts = [];
  for (let n = 0; n < 60; n++) posts.push(await discord.post("incidents", { content: `post ${n}`, thread_name: `number ${n}` }));
  const { page, settled } = await open(browser, discord.url, { viewport: { width: 1400, height: 300 } });
  const edited = await discord.request(
    `${discord.webhook("incidents")}/messages/${posts[0].id}?thread_id=${posts[0].channel_id}`, "PATCH", { content: "post 0, edited" });
  assert.equal(edited.status, 200);
  const newest = await discord.post("incidents", { content: "the newest", thread_name: "newest" });
  await message(page, newest.id).waitFor();
  assert.equal(await page.locator(`#t-${posts[0].channel_id}`).count(), 0);
  // Its answer comes late, and a deletion before it.
  let release;
  const held = new Promise((resolve) => (release = resolve));
  const asked = new Promise((resolve) =>
    page.route("**/earlier?*", async (route) => {
      const answer = await route.fetch();
      resolve();
      await held;
      await route.fulfill({ response: answer });
    }));
  await column(page, "incidents").locator(".scroll").evaluate((element) => (element.scrollTop = -element.scrollHeight));
  await asked;
  const gone = await fetch(`${discord.webhook("incidents")}/messages/${posts[1].id}?thread_id=${posts[1].channel_id}`, { method: "DELETE" });
  assert.equal(gone.status, 204);
  const last = await discord.post("incidents", { content: "after the deletion", thread_name: "last" });
  await message(page, last.id).waitFor({ state: "attached" });
  release();
  await column(page, "incidents").getByText("post 0, edited").waitFor({ state: "attached" });
  assert.equal(await message(page, posts[1].id).count(), 0);
  const heads = await column(page, "incidents").locator(".thread-head bdi").allTextContents();
  assert.equal(heads.indexOf("number 0") < heads.indexOf("number 2"), true, `${heads}`);
  assert.equal(heads.at(-1), "last");
  await settled();
});

test("a page that nobody sees gives its connection back, and catches up", async () => {
  const { page, settled } = await open(browser, discord.url);
  const hide = (hidden) => page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
  await hide(true);
  const posted = await discord.post("activity", { content: "while nobody looked" });
  const other = await open(browser, discord.url);
  await message(other.page, posted.id).waitFor();
  await other.settled();
  assert.equal(await message(page, posted.id).count(), 0);
  await hide(false);
  await message(page, posted.id).waitFor();
  await settled();
});

test("a stretch of the past stays what it is", async () => {
  const first = await discord.post("finance", { content: "first of the stretch" });
  const second = await discord.post("finance", { content: "second of the stretch" });
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${discord.url}/?channel=finance&before=${second.id}`);
  await message(page, first.id).waitFor();
  await discord.post("finance", { content: "much later" });
  await page.getByRole("link", { name: "The newest messages" }).click();
  await column(page, "finance").getByText("much later").waitFor();
  await context.close();
});

test("a day later the page says yesterday", async () => {
  const posted = await discord.post("system", { content: "of today" });
  const context = await browser.newContext({ locale: "en-GB" });
  const page = await context.newPage();
  await page.clock.install();
  await page.goto(discord.url);
  const at = message(page, posted.id).locator(".byline .at");
  assert.match(await at.innerText(), /^Today at/);
  await page.clock.fastForward("24:00:00");
  await page.clock.runFor(2_000);
  assert.match(await at.innerText(), /^Yesterday at/);
  await context.close();
});

test("the newest stays in view, and a reader of old messages is left alone", async () => {
  const { page, settled } = await open(browser, discord.url);
  const scroll = column(page, "system").locator(".scroll");
  for (let n = 0; n < 40; n++) await discord.post("system", { content: `message ${n}` });
  const shownLast = await discord.post("system", { content: "the last of forty" });
  await message(page, shownLast.id).waitFor();
  assert.ok(await inView(scroll, message(page, shownLast.id)));

  await scroll.evaluate((element) => (element.scrollTop = -400));
  const reading = column(page, "system").getByText("message 20", { exact: true });
  await reading.scrollIntoViewIfNeeded();
  const before = await reading.boundingBox();
  for (let n = 0; n < 5; n++) await discord.post("system", { content: `later ${n}\nwith\nlines` });
  await column(page, "system").getByText("later 4").waitFor({ state: "attached" });
  await column(page, "system").getByRole("button", { name: "New messages" }).waitFor();
  const moved = (await reading.boundingBox()).y - before.y;
  assert.ok(Math.abs(moved) < 2, `what is read moved by ${moved} px`);
  await column(page, "system").getByRole("button", { name: "New messages" }).click();
  await page.waitForFunction(() => document.querySelector('.column[data-name="system"] .scroll').scrollTop > -2);
  assert.ok(await inView(scroll, column(page, "system").getByText("later 4")));
  await settled();
});

async function inView(scroll, inside) {
  const [frame, box] = [await scroll.boundingBox(), await inside.boundingBox()];
  return box.y + box.height <= frame.y + frame.height + 1 && box.y >= frame.y;
}

test("a thousand messages: all can be reached, and only those near the reader are laid out", async (t) => {
  for (let n = 0; n < 1_000; n += 10) {
    await Promise.all(Array.from({ length: 10 }, (_, m) =>
      discord.post("errors", { username: `s${n % 3}`, embeds: [{ title: `number ${n + m}`, description: "**bold** `code`", color: 255 }] })));
  }
  const { page, settled } = await open(browser, discord.url);
  const messages = column(page, "errors").locator(".message");
  assert.equal(await messages.count(), 50);
  const scroll = column(page, "errors").locator(".scroll");
  while (await column(page, "errors").locator(".earlier:visible").count()) {
    const before = await messages.count();
    await scroll.evaluate((element) => (element.scrollTop = -element.scrollHeight));
    await page.waitForFunction(
      (before) =>
        document.querySelectorAll('.column[data-name="errors"] .message').length > before ||
        document.querySelector('.column[data-name="errors"] .earlier').hidden,
      before,
    );
  }
  assert.equal(await messages.count(), 1_000);
  const keys = await messages.evaluateAll((all) => all.map((one) => one.dataset.key));
  assert.deepEqual(keys, [...keys].sort());
  assert.equal(new Set(keys).size, 1_000);

  const laidOut = await messages.evaluateAll(
    (all) => all.filter((one) => one.firstElementChild.checkVisibility({ contentVisibilityAuto: true })).length,
  );
  assert.ok(laidOut > 0 && laidOut < 100, `${laidOut} of 1,000 messages are laid out`);
  const frames = await scroll.evaluate(async (element) => {
    const took = [];
    let last = performance.now();
    for (let n = 0; n < 120; n++) {
      element.scrollTop += 150;
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      took.push(now - last);
      last = now;
    }
    return took.sort((a, b) => a - b);
  });
  t.diagnostic(`scrolling 1,000 messages: median frame ${frames[60].toFixed(1)} ms, 95th ${frames[114].toFixed(1)} ms`);
  await settled();
});

test("a page that lost the server shows what the next one holds", async () => {
  const port = new URL(discord.url).port;
  const first = await localDiscord("--port", "0", "--limits", "none");
  const own = new URL(first.url).port;
  assert.notEqual(own, port);
  const posted = await first.post("finance", { content: "of the first run" });
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(first.url);
  await message(page, posted.id).waitFor();
  await first.stop("SIGKILL");
  await page.getByText("connection lost").waitFor();
  const second = await localDiscord("--port", own, "--limits", "none");
  const newer = await second.post("finance", { content: "of the second run" });
  await message(page, newer.id).waitFor();
  await message(page, posted.id).waitFor({ state: "detached" });
  await context.close();
  await second.stop();
});
