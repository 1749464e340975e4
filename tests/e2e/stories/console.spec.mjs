// What people do in the console, each from the beginning to what they wanted, against a real server with real inference.
import { createServer } from "node:http";
import { join } from "node:path";
import { SNSClient, ConfirmSubscriptionCommand, SubscribeCommand } from "@aws-sdk/client-sns";
import { expect, test } from "@playwright/test";
import { Server } from "./server.mjs";

const PASSWORD = "a long enough password";
const HOSTILE = '"><img src=x onerror=document.title=1>{{7*7}}.png';
const TOPIC = "arn:aws:sns:us-east-1:000000000000:detections";
const sample = (name) => join(process.env.EYRIE_SAMPLES, name);

const server = new Server();
const complaints = []; // of the browser, among them what the Content Security Policy forbids
let page;

test.describe.configure({ mode: "serial" });

test.beforeAll(async ({ browser }) => {
  await server.start();
  page = await browser.newPage();
  page.on("console", (line) => ["error", "warning"].includes(line.type()) && complaints.push(line.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
});
test.afterAll(() => server.end("SIGTERM"));
test.afterEach(() => {
  // What is refused, or does not answer, the browser says by itself.
  expect(complaints.splice(0).filter((line) => !/status of 40[13]|ERR_CONNECTION|ERR_INTERNET|ERR_NETWORK|ERR_INCOMPLETE/.test(line))).toEqual([]);
});

const go = (address) => page.evaluate((hash) => void (location.hash = hash), address);
const tile = (name) => page.locator(".tile[data-id]").filter({ has: page.locator(".title", { hasText: name }) });
const ask = (path) => page.evaluate((path) => fetch("/_console/api/" + path).then((answer) => answer.json()), path);
const upload = (...files) => page.locator("#upload-files").setInputFiles(files);
const analyzed = (name) => expect(tile(name)).toHaveAttribute("data-status", "COMPLETED", { timeout: 120_000 });

// Without the width of lines.
const place = (one) => one.evaluate((element) => element.getBoundingClientRect().toJSON());

async function signIn(browser, name) {
  const context = await browser.newContext();
  const other = await context.newPage();
  await other.goto(server.endpoint + "/_console/");
  await other.getByLabel("Name").fill(name);
  await other.getByLabel("Password").fill(PASSWORD);
  await other.getByRole("button", { name: "Sign in" }).click();
  return other;
}

// A photograph of nothing but these words.
async function printed(text) {
  const url = await page.evaluate((text) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 900, height: 300 });
    const pen = canvas.getContext("2d");
    pen.fillStyle = "white";
    pen.fillRect(0, 0, 900, 300);
    pen.fillStyle = "black";
    pen.font = "48px sans-serif";
    pen.fillText(text, 40, 160);
    return canvas.toDataURL("image/png");
  }, text);
  return Buffer.from(url.split(",")[1], "base64");
}

test("the link that the server prints signs in, once", async ({ browser }) => {
  const link = await server.link();
  await page.goto(link);
  await expect(page.getByRole("heading", { name: "Gallery" })).toBeVisible();
  expect(page.url()).not.toContain("token");
  const late = await (await browser.newContext()).newPage();
  await late.goto(link);
  await expect(late.getByRole("button", { name: "Sign in" })).toBeVisible();
});

test("a photo is uploaded: chips tell what is on it, without a reload", async () => {
  await upload(sample("astronaut.png"), sample("cat.png"));
  await expect(page.locator(".uploads li")).toHaveCount(2);
  await analyzed("astronaut.png");
  await analyzed("cat.png");
  for (const name of ["astronaut.png", "cat.png"]) {
    const { pictures } = await ask("pictures?q=" + name.slice(0, -4));
    const label = pictures.find((picture) => picture.name === name).labels[0];
    const first = tile(name).locator(".chip").first();
    await expect(first).toHaveText(new RegExp(`${label.name}\\s*${Math.round(label.confidence)}%`));
    // Colour and shape say how sure.
    await expect(first).toHaveClass(new RegExp(label.confidence > 90 ? "high" : label.confidence >= 70 ? "mid" : "low"));
    await expect(first.locator("svg")).toBeVisible();
  }
});

test("it opens, and boxes lie where things are", async () => {
  await tile("astronaut.png").locator("a").first().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("astronaut.png");
  const image = page.locator(".stage img:not(.small)");
  const face = page.locator("polygon.face");
  await expect(face).toBeVisible();
  await expect.poll(() => image.evaluate((one) => one.complete && one.naturalWidth)).toBeTruthy();
  const id = /picture\/([^?]+)/.exec(page.url())[1];
  const box = (await ask(`pictures/${id}/result`)).DetectFaces.FaceDetails[0].BoundingBox;
  const [shown, drawn] = [await place(image), await place(face)];
  expect(Math.abs(drawn.x - (shown.x + box.Left * shown.width))).toBeLessThan(4);
  expect(Math.abs(drawn.y - (shown.y + box.Top * shown.height))).toBeLessThan(4);
  expect(Math.abs(drawn.width - box.Width * shown.width)).toBeLessThan(5);
  expect(Math.abs(drawn.height - box.Height * shown.height)).toBeLessThan(5);
  // The face of who is on it, by hand: in the upper half, left of the middle.
  expect(drawn.y + drawn.height).toBeLessThan(shown.y + shown.height / 2);
  expect(drawn.x + drawn.width / 2).toBeLessThan(shown.x + shown.width / 2);
  // The list and the box point at each other.
  await face.hover();
  await expect(page.locator(".finding.lit")).toHaveCount(1);
  await page.keyboard.press("Escape");
  await go("#/gallery");
});

test("search finds it by what is seen and by what is read", async () => {
  await upload({ name: "sign.png", mimeType: "image/png", buffer: await printed("FRESH BREAD DAILY") });
  await analyzed("sign.png");
  for (const [words, name] of [["cat", "cat.png"], ["fresh bread", "sign.png"]]) {
    await page.locator("#search").fill(words);
    await expect(page.locator(".tile[data-id] .title")).toHaveText([name]);
    // The address shows the same to whoever gets it.
    await page.reload();
    await expect(page.locator(".tile[data-id] .title")).toHaveText([name]);
    await expect(page.locator("#search")).toHaveValue(words);
  }
  await page.locator("#search").fill("");
  await expect(page.locator(".tile[data-id]")).toHaveCount(3);
});

test("an alert arrives", async () => {
  const told = [];
  const hook = createServer((request, answer) => {
    let text = "";
    request.on("data", (piece) => (text += piece));
    request.on("end", () => {
      told.push(JSON.parse(text));
      answer.end();
    });
  });
  await new Promise((done) => hook.listen(0, "127.0.0.1", done));
  try {
    const sns = new SNSClient({ region: "us-east-1", endpoint: server.endpoint, credentials: server.credentials });
    await sns.send(new SubscribeCommand({ TopicArn: TOPIC, Protocol: "http", Endpoint: `http://127.0.0.1:${hook.address().port}/` }));
    await expect.poll(() => told.find((one) => one.Type === "SubscriptionConfirmation")).toBeTruthy();
    await sns.send(new ConfirmSubscriptionCommand({ TopicArn: TOPIC, Token: told[0].Token }));
    await go("#/admin/alerts");
    await page.getByRole("link", { name: "Add a rule" }).click();
    await page.locator("[name=alert-name]").fill("bread");
    await page.locator("[name=alert-kind]").selectOption("contains");
    await page.locator("[name=alert-sought]").fill("bread");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await expect(page.locator("[data-alert=bread]")).toBeVisible();
    await page.getByRole("button", { name: "Send a test: bread" }).click();
    const alerts = () => told.filter((one) => one.Type === "Notification").map((one) => JSON.parse(one.Message));
    await expect.poll(() => alerts().map((one) => one.Matches[0].Test)).toEqual([true]);
    await go("#/gallery");
    await upload({ name: "shop.png", mimeType: "image/png", buffer: await printed("BREAD AND CAKE") });
    await analyzed("shop.png");
    await expect.poll(() => alerts().length).toBe(2);
    expect(alerts()[1].AlertRule).toBe("bread");
    expect(alerts()[1].Matches[0].Name).toBe("BREAD AND CAKE");
    const { pictures } = await ask("pictures?q=cake");
    expect(alerts()[1].ImageID).toBe(pictures[0].id);
  } finally {
    hook.closeAllConnections();
    hook.close();
  }
});

test("who has no rights is refused, and not tempted", async ({ browser }) => {
  await go("#/users");
  for (const [name, role] of [["eve", "analyst"], ["ulf", "uploader"]]) {
    await page.locator("[name=new-name]").fill(name);
    await page.locator("[name=new-password]").fill(PASSWORD);
    await page.locator("[name=new-role]").selectOption(role);
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await expect(page.getByLabel(`Role: ${name}`)).toHaveValue(role);
  }
  const analyst = await signIn(browser, "eve");
  await expect(analyst.locator(".tile[data-id]")).toHaveCount(4);
  await expect(analyst.locator(".nav-link")).toHaveText(["Gallery", "Overview"]);
  await analyst.locator("#upload-files").setInputFiles(sample("rocket.jpg"));
  await expect(analyst.locator(".uploads li")).toHaveAttribute("data-state", "failed");
  await expect(analyst.locator(".uploads .bad")).toContainText("not authorized");
  await analyst.goto(server.endpoint + "/_console/#/users");
  await expect(analyst.locator("[name=new-name]")).toHaveCount(0);
  expect(await analyst.evaluate(() => fetch("/_console/api/users").then((answer) => answer.status))).toBe(403);
  const uploader = await signIn(browser, "ulf");
  await uploader.locator("#upload-files").setInputFiles(sample("rocket.jpg"));
  await expect(uploader.locator(".uploads li")).toHaveAttribute("data-state", "done", { timeout: 120_000 });
  await Promise.all([analyst, uploader].map((one) => one.context().close()));
  await go("#/gallery");
});

test("hostile names and texts are text", async () => {
  await upload({ name: HOSTILE, mimeType: "image/png", buffer: await printed("<script>alert(1)</script>") });
  await analyzed(HOSTILE);
  await tile(HOSTILE).locator("a").first().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(HOSTILE);
  await expect(page.locator(".read .finding").first()).toContainText("script");
  await expect(page.locator("main script, main [onerror]")).toHaveCount(0);
  expect(await page.title()).toContain(HOSTILE);
  await go("#/gallery");
});

test("without a network, and after the server's death, what is seen stays and what is new comes", async () => {
  await expect(page.locator(".tile[data-id]")).toHaveCount(6);
  await page.context().setOffline(true);
  await page.locator("#search").fill("cat");
  await expect(page.locator(".toast")).toBeVisible();
  await page.context().setOffline(false);
  await expect(page.locator(".tile[data-id] .title")).toHaveText(["cat.png"]); // by itself
  await page.locator("#search").fill("");
  await expect(page.locator(".tile[data-id]")).toHaveCount(6);
  await expect(page.locator(".broken")).toBeHidden();

  const { address } = server;
  await server.end();
  await expect(page.locator(".broken")).toContainText("The server does not answer.");
  await expect(page.locator(".tile[data-id]")).toHaveCount(6);
  await upload(sample("coffee.png"));
  await expect(page.locator(".uploads li").last()).toHaveAttribute("data-state", "paused");
  await server.start(address);
  await expect(page.locator(".broken")).toBeHidden();
  await analyzed("coffee.png"); // nobody asked for it again
  await expect(page.locator(".tile[data-id]")).toHaveCount(7);
});
