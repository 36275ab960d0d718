// Whatever a message says, it is inert, and it changes nothing outside of itself.
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { localDiscord } from "./local_discord.mjs";
import { png } from "./every_kind.mjs";
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

const script = "<script>window.pwned = 1; alert(1)</script>";
const markup = `</div></article></li></ol></main>${script}<style>*{display:none}</style><img src=x onerror="window.pwned=1"><iframe src="//evil.example"></iframe><form action="//evil.example"><input></form><base href="//evil.example/">`;
const emoji = "😀👩‍👩‍👧‍👦🏳️‍🌈";
const attacks = {
  markup: { content: markup },
  "an attribute": { content: `"><img src=x onerror=alert(1)> ' onmouseover='alert(1)` },
  "links that run": { content: "[a](javascript:alert(1)) <javascript:alert(1)> [b](data:text/html,<script>alert(1)</script>) [c](https://e.example/\"onclick=\"alert(1))" },
  "marks in marks": { content: `||**__~~\`${script}\`~~__**|| \`\`\`"><script>\n${script}\n\`\`\`` },
  "an open fence": { content: "```rust\nnever closed" },
  "an open quote": { content: ">>> everything below is mine\n```" },
  "right to left": { username: "\u202Egnp.live", content: "\u202E\u202E\u2067right to left \u05E9\u05DC\u05D5\u05DD, never closed" },
  "marks upon marks": { content: `Z${"\u0301\u0316".repeat(400)}` },
  "one long word": { content: "w".repeat(2_000) },
  "empty lines": { content: `top${"\n".repeat(500)}bottom` },
  "ansi escapes": { content: "```ansi\n\u001b[999;31;999m\u001b[2J\u001b]0;title\u0007\u001b[31\n```" },
  "a name": { username: `<b onclick=alert(1)>${"N".repeat(50)}</b>`, content: "under a name" },
  "an embed": {
    embeds: [{
      title: script,
      url: "https://e.example/\"onclick=alert(1)",
      description: markup.slice(0, 2_000),
      author: { name: `${script}\u202E`, icon_url: "https://evil.example/a.png" },
      footer: { text: `${"f".repeat(900)}\u202E`, icon_url: "https://evil.example/b.png" },
      image: { url: "https://evil.example/c.png" },
      fields: Array.from({ length: 25 }, () => ({ name: `<i>\u202E${"n".repeat(10)}`, value: "|| ```", inline: true })),
    }],
  },
  // All that fits into one message: Discord takes 10 kB of text.
  "emoji in one message": { content: "☃".repeat(2_000), embeds: [{ description: emoji.repeat(60) }] },
};

const files = [
  ["evil.html", `<html>${script}</html>`, "text/html"],
  ["evil.svg", `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">${script}</svg>`, "image/svg+xml"],
  ["not a picture.png", script, "image/png"],
  ["emoji.txt", emoji.repeat(1_500), "text/plain"],
];

/** What stands around a message: markup and place of every other message, and of the page's frame. */
async function around(page, hostile) {
  return page.evaluate((id) => {
    const others = [...document.querySelectorAll(".message, .head, .top, .scroll")].filter((one) => one.id !== id);
    return others.map((one) => {
      const { left, width } = one.getBoundingClientRect();
      const html = one.matches(".message") ? one.outerHTML : one.className;
      return [html, left, width, getComputedStyle(one).direction];
    });
  }, `m-${hostile}`);
}

async function inert(page, hostile) {
  return page.evaluate((id) => {
    const item = document.getElementById(id);
    const box = item.getBoundingClientRect();
    const inside = [...item.querySelectorAll("*")];
    const allowed = /^(class|id|data-|dir|href|rel|target|title|src|alt|loading|aria-|role|tabindex|type|datetime|fill|width|height|open|checked|download|start)/;
    return {
      pwned: window.pwned,
      outside: inside.filter((one) => one.getBoundingClientRect().right > box.right + 1).map((one) => one.outerHTML.slice(0, 200)),
      tags: inside.map((one) => one.localName).filter((name) => ["script", "style", "iframe", "form", "base", "object", "embed", "link", "meta"].includes(name)),
      attributes: inside.flatMap((one) => one.getAttributeNames()).filter((name) => !allowed.test(name) || name.startsWith("on")),
      links: [...item.querySelectorAll("a")].map((one) => one.protocol).filter((protocol) => !/^https?:$/.test(protocol)),
      scripts: document.scripts.length,
    };
  }, `m-${hostile}`);
}

for (const [name, body] of Object.entries(attacks)) {
  test(`${name} changes nothing outside its message`, async () => {
    const { page, settled } = await open(browser, discord.url);
    const above = await discord.post("errors", { username: "above", content: `the message above ${name}` });
    await message(page, above.id).waitFor();
    const before = await around(page);
    const hostile = await discord.post("errors", body);
    await message(page, hostile.id).waitFor({ state: "attached" });
    const found = await inert(page, hostile.id);
    assert.deepEqual(found, { pwned: undefined, outside: [], tags: [], attributes: [], links: [], scripts: 2 });
    assert.deepEqual(await around(page, hostile.id), before);

    const below = await discord.post("errors", { username: "below", content: `the message below ${name}` });
    await message(page, below.id).getByText(`the message below ${name}`).waitFor({ state: "visible" });
    // The same when the server lays the whole page out.
    await page.reload();
    await page.locator("#live.yes").waitFor();
    assert.deepEqual((await inert(page, hostile.id)).tags, []);
    const parent = await message(page, below.id).evaluate((one) => one.parentElement.className);
    assert.equal(parent, "messages", "the next message is where it belongs");
    assert.equal(await column(page, "activity").isVisible(), true);
    await discord.remove("errors", hostile.id);
    await settled();
  });
}

test("6,000 emoji and files that would run are shown as what they are", async () => {
  const { page, settled } = await open(browser, discord.url);
  const many = [];
  for (let n = 0; n < 3; n++) many.push(await discord.post("finance", { username: "emoji", content: "☃".repeat(2_000) }));
  const hostile = await discord.post("finance", { username: "files", content: "files" }, files);
  await message(page, hostile.id).waitFor();
  const found = await inert(page, hostile.id);
  assert.deepEqual(found, { pwned: undefined, outside: [], tags: [], attributes: [], links: [], scripts: 2 });
  const evil = await discord.post("finance", { username: "evil" }, [
    ["evil.js", "window.pwned = 3", "text/javascript"],
    ["evil.css", "* { display: none }", "text/css"],
  ]);
  await message(page, evil.id).waitFor();
  const shown = await Promise.all(many.map(({ id }) => message(page, id).locator(".content").textContent()));
  assert.equal(shown.join("").match(/☃/g).length, 6_000);
  // An upload is no script and no style, whatever it says it is.
  const [script, style] = await page.evaluate(async (id) => {
    const links = [...document.getElementById(`m-${id}`).querySelectorAll("a[download]")].map((link) => link.href);
    const loads = (element, key) =>
      new Promise((resolve) => {
        element[key] = links.find((link) => link.endsWith(key === "src" ? ".js" : ".css"));
        element.onload = () => resolve("loaded");
        element.onerror = () => resolve("refused");
        document.head.append(element);
      });
    const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet" });
    return [await loads(document.createElement("script"), "src"), await loads(sheet, "href")];
  }, evil.id);
  assert.deepEqual([script, style], ["refused", "refused"]);
  // Followed as a link, a file is a download and never a page of this server.
  for (const file of ["evil.html", "evil.svg"]) {
    const link = message(page, hostile.id).getByRole("link", { name: file });
    const answer = await fetch(new URL(await link.getAttribute("href"), discord.url));
    assert.equal(answer.headers.get("content-disposition"), "attachment");
    assert.match(answer.headers.get("content-security-policy"), /default-src 'none'/);
    assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
  }
  assert.equal(await page.evaluate(() => window.pwned), undefined);
  await page.context().close();
});

test("the marks of a thread's name stay in its head", async () => {
  const { page, settled } = await open(browser, discord.url, { viewport: { width: 1400, height: 900 } });
  const above = await discord.post("incidents", { content: "above", thread_name: "a quiet post" });
  const hostile = await discord.post("incidents", { content: "marks", thread_name: `Z${"\u0301\u0316".repeat(49)}` });
  const head = page.locator(`#t-${hostile.channel_id} .thread-head`);
  await head.waitFor();
  await message(page, above.id).waitFor();
  assert.equal(await head.evaluate((element) => getComputedStyle(element).overflow), "clip");
  await settled();
});

test("the policy stops what would get past everything else", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const asked = [];
  page.on("requestfailed", (request) => asked.push(`${request.failure().errorText} ${request.url()}`));
  page.on("response", (response) => response.url().startsWith(discord.url) || asked.push(response.url()));
  await page.goto(discord.url);
  const stopped = await page.evaluate(async (png) => {
    const stopped = new Set();
    const all = new Promise((resolve) =>
      document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
        stopped.add(`${effectiveDirective} ${blockedURI.slice(0, 4)}`);
        if (stopped.size === 5) resolve();
      }));
    const planted = document.createElement("div");
    planted.innerHTML = `<img src="http://evil.example/a.png"><img src="data:image/png;base64,${png}"><p style="color:red" onclick="window.pwned = 1">red</p>`;
    document.body.append(planted);
    planted.querySelector("p").click();
    const script = document.createElement("script");
    script.textContent = "window.pwned = 2";
    document.body.append(script);
    await all;
    return [...stopped].sort();
  }, png.toString("base64"));
  assert.deepEqual(stopped, ["img-src data", "img-src http", "script-src-attr inli", "script-src-elem inli", "style-src-attr inli"]);
  assert.equal(await page.evaluate(() => window.pwned), undefined);
  assert.ok(asked.every((request) => request.startsWith("csp ")), `asked for ${asked}`);
  await context.close();
});
