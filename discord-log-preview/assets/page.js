// What is live on the page: new messages and edits, budgets and faults, times in the reader's zone. Without it the page
// shows what was there when it was loaded.

const byId = (id) => document.getElementById(id);
const all = (root, selector) => [...root.querySelectorAll(selector)];
const fragment = (html) => document.createRange().createContextualFragment(html);

/* Times. */

const DAY = 86_400_000;
const styles = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
  s: { dateStyle: "short", timeStyle: "short" },
  S: { dateStyle: "short", timeStyle: "medium" },
};
const formats = Object.fromEntries(
  Object.entries(styles).map(([style, options]) => [style, new Intl.DateTimeFormat(undefined, options)]),
);
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "always" });
const units = [
  ["year", 365 * DAY],
  ["month", 30 * DAY],
  ["day", DAY],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
];

function ago(moment) {
  const distance = moment - Date.now();
  // Up to half of the next smaller unit below a whole one, it is rounded to that: "1 hour", never "60 minutes".
  const [unit, size] = units.find(([, size], n) => Math.abs(distance) >= size - (units[n + 1]?.[1] ?? size * 2) / 2);
  return relative.format(Math.round(distance / size), unit);
}

const midnight = (date) => new Date(date).setHours(0, 0, 0, 0);

function when(moment, short) {
  const days = Math.round((midnight(Date.now()) - midnight(moment)) / DAY);
  const time = formats.t.format(moment);
  if (short) return time;
  if (days === 0) return `Today at ${time}`;
  if (days === 1) return `Yesterday at ${time}`;
  return formats.s.format(moment);
}

function showTimes(root) {
  for (const time of all(root, "time[datetime]")) {
    const moment = new Date(time.dateTime);
    if (Number.isNaN(moment.valueOf())) continue;
    const { style } = time.dataset;
    time.title = formats.F.format(moment);
    time.textContent = style === "R" ? ago(moment) : style ? formats[style].format(moment) : when(moment, "short" in time.dataset);
  }
}

/// A line with the date stands between two days.
function markDays(list) {
  let day;
  for (const message of list.children) {
    if (!message.dataset.key) continue;
    message.dataset.midnight ??= midnight(message.querySelector("time.at").dateTime);
    const own = message.dataset.midnight;
    if (day && day !== own) message.dataset.day = formats.D.format(Number(own));
    else delete message.dataset.day;
    day = own;
  }
}

let today = midnight(Date.now());
setInterval(() => {
  if (today !== midnight(Date.now())) {
    today = midnight(Date.now());
    showTimes(document);
  }
  for (const time of all(document, 'time[data-style="R"]')) {
    const text = ago(new Date(time.dateTime));
    if (time.textContent !== text) time.textContent = text;
  }
}, 1_000);

/* Messages. */

const KEPT = 1_000;
// Snowflakes are longer than a number is exact: the longer one is later, of equally long ones the greater text.
const later = (one, other) => one.length - other.length || (one > other ? 1 : one < other ? -1 : 0);
const listOf = (column) => column.querySelector(".inner > .messages");

/// What the reader opened stays open when a message changes.
function keepOpen(old, fresh) {
  for (const selector of [".spoiler > input", "details"]) {
    const before = all(old, selector);
    all(fresh, selector).forEach((element, n) => {
      const state = "open" in element ? "open" : "checked";
      element[state] = before[n]?.[state] ?? false;
    });
  }
}

function placed(list, message) {
  let after = list.lastElementChild;
  // A thread has no key of its own: it stands where its newest message is.
  while (after?.dataset.key && later(after.dataset.key, message.dataset.key) > 0) after = after.previousElementSibling;
  if (after) after.after(message);
  else list.prepend(message);
}

function threadFor(list, [id, html]) {
  const fresh = fragment(html).firstElementChild;
  const known = byId(id);
  if (!known) {
    list.append(fresh);
    return fresh;
  }
  known.querySelector(".thread-head").replaceWith(fresh.querySelector(".thread-head"));
  return known;
}

/// What changed while earlier messages were on their way, by key: their answer may be older than that.
const missed = new Map();

function take(item) {
  const { channel, key, html, thread } = item;
  const column = byId(`c-${channel}`);
  if (!column) return false;
  if (column.dataset.loading) missed.set(key, item);
  const known = byId(`m-${key}`);
  if (html === null) {
    const around = known?.closest(".thread");
    known?.remove();
    if (around && !around.querySelector(".message")) around.remove();
    return false;
  }
  const list = listOf(column);
  const message = fragment(html).firstElementChild;
  showTimes(message);
  if (known) {
    if (thread) threadFor(list, thread);
    keepOpen(known, message);
    const focused = focusable(known).indexOf(document.activeElement);
    known.replaceWith(message);
    focusable(message)[focused]?.focus();
    return false;
  }
  const more = !column.querySelector(".earlier").hidden;
  // Older than what is shown: it comes with the earlier messages.
  if (more && later(key, before(column)) < 0) return false;
  const around = thread && threadFor(list, thread);
  placed(around ? around.querySelector(".messages") : list, message);
  if (around && around !== list.lastElementChild) list.append(around);
  return true;
}

const focusable = (root) => all(root, "a, button, input, summary");
/// The message before which there are more.
const before = (column) => new URL(column.querySelector(".earlier a").href).searchParams.get("before");

/// Lets the oldest go when many came; later where somebody reads them, but not never.
function trim(column) {
  const list = listOf(column);
  const messages = all(list, ".message");
  if (messages.length <= (atEnd(column) ? KEPT : 4 * KEPT)) return;
  const gone = messages.slice(0, messages.length - KEPT);
  const newest = gone.map(({ dataset }) => dataset.key).sort(later).at(-1);
  for (const message of gone) message.remove();
  for (const thread of all(list, ".thread")) if (!thread.querySelector(".message")) thread.remove();
  setEarlier(column, String(BigInt(newest) + 1n));
}

/* Scrolling: the list is reversed, so 0 is its end and it stays there by itself. */

const scrollOf = (column) => column.querySelector(".scroll");
const atEnd = (column) => scrollOf(column).scrollTop > -40;

function atStart(column) {
  const { scrollHeight, clientHeight, scrollTop } = scrollOf(column);
  return scrollHeight - clientHeight + scrollTop < 400;
}

for (const column of all(document, ".column")) {
  const newer = column.querySelector(".newer");
  newer.addEventListener("click", () => {
    scrollOf(column).scrollTop = 0;
    newer.hidden = true;
  });
  scrollOf(column).addEventListener("scroll", () => {
    if (atEnd(column)) newer.hidden = true;
    if (atStart(column)) loadEarlier(column);
  }, { passive: true });
  const earlier = column.querySelector(".earlier");
  earlier.addEventListener("click", (event) => {
    event.preventDefault();
    loadEarlier(column);
  });
}

function setEarlier(column, key) {
  const earlier = column.querySelector(".earlier");
  earlier.hidden = key === null;
  const link = earlier.querySelector("a");
  const url = new URL(link.href);
  url.searchParams.set("before", key ?? "");
  link.href = url;
}

async function loadEarlier(column) {
  const earlier = column.querySelector(".earlier");
  if (earlier.hidden || column.dataset.loading) return;
  column.dataset.loading = "yes";
  let fresh;
  let next;
  try {
    const answer = await fetch(
      `/_preview/channels/${encodeURIComponent(column.dataset.name)}/earlier?before=${before(column)}`,
    );
    const { items, before: upto } = answer.ok ? await answer.json() : {};
    if (items !== undefined) [fresh, next] = [fragment(items), upto];
  } catch {
    // The server is away; scrolling asks again.
  }
  delete column.dataset.loading;
  const newer = [...missed.values()].filter((item) => item.channel === column.id.slice(2));
  for (const { key } of newer) missed.delete(key);
  if (!fresh) return;
  putBefore(column, fresh);
  setEarlier(column, next);
  for (const item of newer) take(item);
  leadFirst(column);
  markDays(listOf(column));
  if (atStart(column)) loadEarlier(column);
}

function putBefore(column, fresh) {
  showTimes(fresh);
  for (const thread of all(fresh, ".thread")) {
    const known = byId(thread.id);
    if (!known) continue;
    known.querySelector(".messages").prepend(...thread.querySelector(".messages").children);
    thread.remove();
  }
  for (const message of all(fresh, ".message")) if (byId(message.id)) message.remove();
  listOf(column).prepend(fresh);
}

/* What is said to screen readers: one line for what came within a second, not every message of a burst. */

const arrived = new Map();

function announce(column) {
  if (!arrived.size) {
    setTimeout(() => {
      const told = [...arrived].map(([name, count]) => `${count} new in ${name}`);
      byId("said").textContent = told.join(", ");
      arrived.clear();
    }, 1_000);
  }
  const { name } = column.dataset;
  arrived.set(name, (arrived.get(name) ?? 0) + 1);
}

/* Server-sent events. */

const live = byId("live");

function setLive(yes) {
  live.className = `live ${yes ? "yes" : "no"}`;
  live.textContent = yes ? "live" : "connection lost, trying again";
}

let { since } = document.body.dataset;
let events;

/// Browsers keep six connections to one server, for all of its pages: a page that nobody sees gives its own back.
function connect() {
  if (!since || events || document.hidden) return;
  events = new EventSource(`/_preview/events?since=${since}`);
  events.addEventListener("open", () => setLive(true));
  events.addEventListener("error", () => {
    setLive(false);
    if (events?.readyState !== EventSource.CLOSED) return;
    disconnect();
    setTimeout(connect, 2_000);
  });
  events.addEventListener("anew", () => {
    disconnect();
    location.reload();
  });
  events.addEventListener("messages", takeAll);
  events.addEventListener("bar", showBar);
}

function disconnect() {
  events?.close();
  events = undefined;
}

document.addEventListener("visibilitychange", () => (document.hidden ? disconnect() : connect()));

function takeAll({ data, lastEventId }) {
  since = lastEventId;
  const touched = new Map();
  for (const item of JSON.parse(data)) {
    const column = byId(`c-${item.channel}`);
    if (!column) continue;
    if (!touched.has(column)) touched.set(column, { end: atEnd(column), isNew: false });
    if (!take(item)) continue;
    touched.get(column).isNew = true;
    announce(column);
  }
  for (const [column, { end, isNew }] of touched) {
    leadFirst(column);
    markDays(listOf(column));
    if (end) scrollOf(column).scrollTop = 0;
    else if (isNew) column.querySelector(".newer").hidden = false;
    trim(column);
  }
}

/// The first message that is shown names its sender, whatever stands before it on the server.
function leadFirst(column) {
  for (const led of all(column, ".message.led")) led.classList.replace("led", "follows");
  for (const list of all(column, ".messages")) {
    const first = list.firstElementChild;
    if (first?.matches(".follows")) first.classList.replace("follows", "led");
  }
}

function showBar({ data }) {
  const { stats, faults, on, webhooks } = JSON.parse(data);
  write("stats", stats);
  write("faults", faults);
  for (const [id, html] of webhooks) write(id, html);
  inForce = on;
  showSwitches();
}

function write(id, html) {
  const element = byId(id);
  if (!element || element.innerHTML === html) return;
  const focused = element.contains(document.activeElement) ? document.activeElement.id : "";
  element.innerHTML = html;
  if (focused) (byId(focused) ?? byId("trouble").querySelector("summary")).focus();
}

/* Trouble. */

let inForce = [];
const channel = byId("trouble-channel");
const switches = byId("switches");
const chosen = () => channel.value || null;

function showSwitches() {
  for (const button of all(switches, "[role=switch]")) {
    const on = inForce.some(([kind, where]) => kind === button.dataset.kind && where === chosen());
    button.setAttribute("aria-checked", on);
  }
  byId("on-count").textContent = inForce.length || "";
}

const end = (id) => ask(`/_preview/faults/${id}`, { method: "DELETE" });

/// Asks the server; when it is away, says so.
async function ask(url, options) {
  try {
    return await fetch(url, options);
  } catch {
    setLive(false);
    byId("said").textContent = "the server does not answer";
    return undefined;
  }
}

channel.addEventListener("change", showSwitches);
switches.addEventListener("submit", (event) => event.preventDefault());
switches.addEventListener("click", async ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  if (button.dataset.end) {
    await end(button.dataset.end);
    return;
  }
  const { kind, fault } = button.dataset;
  const same = inForce.filter(([other, where]) => other === kind && where === chosen());
  if (same.length) {
    await Promise.all(same.map(([, , id]) => end(id)));
    return;
  }
  const asked = JSON.parse(fault);
  // Nothing listens: that is for the whole server.
  if (chosen() && kind !== "connection_refused") asked.channel = chosen();
  await ask("/_preview/faults", { method: "POST", body: JSON.stringify(asked) });
});
document.addEventListener("keydown", ({ key }) => {
  if (key === "Escape" && byId("trouble").open && !json.open) {
    byId("trouble").open = false;
    byId("trouble").querySelector("summary").focus();
  }
});

/* The JSON of a message. */

const json = byId("json");
let shown;

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a.raw");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const answer = await ask(link.href);
  if (!answer) return;
  shown = link.closest(".message").id;
  byId("json-text").textContent = JSON.stringify(await answer.json(), null, 2);
  json.showModal();
});
// The message may have been edited meanwhile, and its link with it.
json.addEventListener("close", () => byId(shown)?.querySelector("a.raw").focus());
byId("json-close").addEventListener("click", () => json.close());
byId("json-copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText(byId("json-text").textContent);
  byId("said").textContent = "copied";
});

/* Spoilers: once open they stay so, as in Discord; a click selects text in them. */

document.addEventListener("change", ({ target }) => {
  if (target.matches(".spoiler > input")) target.checked = true;
});

/* Theme: the system's, until the reader chooses. */

const theme = byId("theme");
const root = document.documentElement;
const isLight = () =>
  root.dataset.theme ? root.dataset.theme === "light" : matchMedia("(prefers-color-scheme: light)").matches;

function setTheme(name) {
  if (name) root.dataset.theme = name;
  theme.textContent = isLight() ? "Dark theme" : "Light theme";
}

theme.hidden = false;
theme.addEventListener("click", () => {
  const name = isLight() ? "dark" : "light";
  try {
    localStorage.setItem("theme", name);
  } catch {
    // Nothing may be stored here: the choice lasts as long as the page.
  }
  setTheme(name);
});
setTheme();

/* On a phone one channel is in view; its tab says so. */

const tabs = all(document, ".tabs a[href^='#']");
const seen = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      const tab = tabs.find((tab) => tab.hash === `#${target.id}`);
      if (isIntersecting) tab?.setAttribute("aria-current", "true");
      else tab?.removeAttribute("aria-current");
    }
  },
  { threshold: 0.6 },
);
for (const column of all(document, ".column")) seen.observe(column);

showTimes(document);
for (const column of all(document, ".column")) {
  leadFirst(column);
  markDays(listOf(column));
  if (atStart(column)) loadEarlier(column);
}
connect();
