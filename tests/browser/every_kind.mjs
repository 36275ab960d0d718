// One message of every kind that a webhook can post, in the channel `errors`.
import { crc32, deflateSync } from "node:zlib";

/** A picture of 160 by 90 pixels: a colour that changes from left to right. */
export const png = picture(160, 90);

function picture(width, height) {
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    size.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([size, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2], 8); // eight bits of red, green and blue
  const row = Buffer.concat([Buffer.from([0]), ...Array.from({ length: width }, (_, x) => Buffer.from([46, 204 - x, 80 + x]))]);
  const rows = deflateSync(Buffer.concat(Array.from({ length: height }, () => row)));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", rows), chunk("IEND", Buffer.alloc(0))]);
}

export const markdown = `# Heading one
## Heading two
### Heading three
-# subtext below it
**bold** *italic* __underlined__ ~~struck~~ ||a spoiler|| \`inline code\` and a [masked link](https://example.org/invoices "hover")
> a quote
> of two lines
- first
- second
  - nested

1. one
2. two
\\*not italic\\* at <t:1777629600:F>, <t:1777629600:R>
\`\`\`rust
fn main() -> Result<(), Error> {
    let total = 12.5; // euros
    Ok(())
}
\`\`\`
\`\`\`ansi
\u001b[1;31mERROR\u001b[0m the bank \u001b[4;34mdid not answer\u001b[0m
\`\`\``;

export const embed = {
  author: { name: "billing", url: "https://example.org/billing" },
  title: "Payment received",
  url: "https://example.org/payments/7",
  description: "**€ 1,234.50** from *Northwind BV*",
  color: 0x2ecc71,
  fields: [
    { name: "Invoice", value: "2025-0042", inline: true },
    { name: "Amount", value: "€ 1,234.50", inline: true },
    { name: "Client", value: "Northwind BV", inline: true },
    { name: "Where", value: "`billing::book`", inline: false },
  ],
  footer: { text: "invoice-service 1.2.0" },
  timestamp: "2026-05-01T10:00:00Z",
};

export async function everyKind(discord) {
  const { post, edit } = discord;
  const ids = {};
  const keep = async (name, ...rest) => {
    ids[name] = (await post("errors", ...rest)).id;
  };
  await keep("markdown", { username: "every kind", content: markdown });
  await keep("embed", { username: "every kind", embeds: [embed] });
  const log = Array.from({ length: 40 }, (_, n) => `line ${n + 1} of the log`).join("\n");
  await keep("files", { username: "every kind", content: "with files" }, [
    ["trace.log", log, "text/plain"],
    ["chart.png", png, "image/png"],
    ["events.gz", Buffer.from([0x1f, 0x8b, 0, 1, 2]), "application/gzip"],
  ]);
  await keep("pictures", {
    username: "pictures",
    embeds: [
      { title: "own picture", image: { url: "attachment://chart.png" } },
      { title: "of another host", thumbnail: { url: "https://example.org/thumb.png" }, image: { url: "https://example.org/big.png" } },
    ],
  }, [["chart.png", png, "image/png"]]);
  await keep("silent", { username: "silent", content: "nobody's phone rings", flags: 4096 });
  await keep("suppressed", { username: "suppressed", content: "without its embed", embeds: [embed], flags: 4 });
  await keep("pinging", { username: "pinging", content: "<@111> and <@&222>, not <@333>", allowed_mentions: { users: ["111"], roles: ["222"] } });
  await keep("poll", { username: "poll", poll: { question: { text: "Deploy on Friday?" }, answers: [{ poll_media: { text: "yes" } }, { poll_media: { text: "no" } }], duration: 24 } });
  await keep("components", {
    username: "components",
    flags: 32768,
    components: [
      {
        type: 17,
        accent_color: 0xe67e22,
        components: [
          { type: 9, components: [{ type: 10, content: "## Deploy 1.4.2\n**12** changes" }], accessory: { type: 11, media: { url: "attachment://chart.png" } } },
          { type: 14 },
          { type: 1, components: [{ type: 2, style: 5, label: "Open the run", url: "https://example.org/runs/7" }] },
        ],
      },
    ],
  }, [["chart.png", png, "image/png"]]);
  await keep("edited", { username: "edited", content: "before the edit" });
  await edit("errors", ids.edited, { content: "after the edit" });
  return ids;
}
