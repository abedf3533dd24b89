// Common calls of jsforce, told as one JSON object; SALESFORCE_URL, SALESFORCE_USER and SALESFORCE_PASSWORD say where and who.
import { createRequire } from "node:module";

const { Connection } = createRequire(process.cwd() + "/")("jsforce");
const { SALESFORCE_URL: loginUrl, SALESFORCE_USER: user, SALESFORCE_PASSWORD: password } = process.env;
const org = new Connection({ loginUrl, version: "62.0" });
for (const bulk of [org.bulk, org.bulk2]) Object.assign(bulk, { pollInterval: 20, pollTimeout: 20000 });

const refusal = async (promise) => {
  try {
    await promise;
    return null;
  } catch (error) {
    return error.errorCode ?? error.name;
  }
};

const info = await org.login(user, password);
const leads = org.sobject("Lead");
const made = await leads.create({ LastName: "Ruiz", Company: "Acme", Email: "ana@js.example" });
await leads.update({ Id: made.id, Title: "CTO" });
const upserted = await leads.upsert({ Email: "ana@js.example", City: "León" }, "Email");
const read = await leads.retrieve(made.id);
const some = await leads.create(
  Array.from({ length: 250 }, (_, number) => ({ LastName: `Many ${number}`, Company: "Acme" })),
  { allowRecursive: true },
);
const found = await leads.find({ Company: "Acme", LastName: { $like: "Many%" } }, "Id, LastName").limit(5).execute();
const everything = await org.query("SELECT Id FROM Lead WHERE Company = 'Acme'").execute({ autoFetch: true });
const described = await leads.describe();

const first = await org.bulk.load("Lead", "insert", [{ LastName: "Bulk", Company: "One" }, { Company: "One" }]);
const firstRead = await (await org.bulk.query("SELECT Id, LastName FROM Lead WHERE Company = 'One'")).toArray();
const second = await org.bulk2.loadAndWaitForResults({
  object: "Lead", operation: "insert", input: [{ LastName: "Bulk", Company: "Two" }, { LastName: "", Company: "Two" }],
});
const secondRead = await (await org.bulk2.query("SELECT Id, LastName FROM Lead WHERE Company = 'Two'")).toArray();

const contact = await org.sobject("Contact").create({ LastName: "Paz" });
const gone = await org.sobject("Contact").destroy(contact.id);
const limits = await org.limits();

console.log(JSON.stringify({
  info: Object.keys(info).sort(),
  made: made.success,
  upserted: [upserted.success, upserted.id === made.id],
  read: [read.Title, read.City],
  some: some.filter((one) => one.success).length,
  found: found.length,
  everything: [everything.totalSize, everything.records.length],
  described: [described.name, described.fields.some((one) => one.name === "Email")],
  first: first.map((one) => [one.success, one.errors?.length ?? 0]),
  firstRead: firstRead.map((one) => one.LastName),
  second: [second.successfulResults.length, second.failedResults.length],
  secondRead: secondRead.map((one) => one.LastName),
  gone: gone.success,
  missing: await refusal(org.sobject("Contact").retrieve(contact.id)),
  malformed: await refusal(org.query("SELECT FROM Lead").execute()),
  limits: Object.keys(limits.DailyApiRequests),
  usage: org.limitInfo.apiUsage?.limit,
}));
