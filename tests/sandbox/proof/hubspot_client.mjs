// Common calls of HubSpot's own Node client, told as one JSON object; HUBSPOT_URL and HUBSPOT_TOKEN say where.
import { createRequire } from "node:module";

const { Client } = createRequire(process.cwd() + "/")("@hubspot/api-client");
const client = new Client({ accessToken: process.env.HUBSPOT_TOKEN, basePath: process.env.HUBSPOT_URL });
const { contacts, companies, deals, properties, pipelines, owners, associations } = client.crm;

const refusal = async (promise) => {
  try {
    await promise;
    return null;
  } catch (error) {
    return { status: error.code, category: error.body?.category, message: error.body?.message };
  }
};

const made = await contacts.basicApi.create({ properties: { email: "ana@node.example", firstname: "Ana" } });
await contacts.basicApi.update(made.id, { properties: { lifecyclestage: "marketingqualifiedlead" } });
const read = await contacts.basicApi.getById(made.id, ["email", "lifecyclestage", "city"], ["lifecyclestage"]);

const batch = await contacts.batchApi.create({
  inputs: [1, 2, 3].map((one) => ({ properties: { email: `p${one}@node.example`, city: "León" } })),
});
const upserted = await contacts.batchApi.upsert({
  inputs: [{ id: "p1@node.example", idProperty: "email", properties: { city: "Puebla" } }],
});
const someRead = await contacts.batchApi.read({
  inputs: [{ id: made.id }, { id: "5" }],
  properties: ["email"],
  propertiesWithHistory: [],
});
const found = await contacts.searchApi.doSearch({
  filterGroups: [{ filters: [{ propertyName: "email", operator: "CONTAINS_TOKEN", value: "*node.example" }] }],
  sorts: ["-createdate"],
  properties: ["email"],
  limit: 2,
});

const company = await companies.basicApi.create({ properties: { name: "Acme", domain: "acme.example" } });
const kind = [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 1 }];
await associations.v4.basicApi.create("contacts", made.id, "companies", company.id, kind);
const linked = await associations.v4.basicApi.getPage("contacts", made.id, "companies");
const deal = await deals.basicApi.create({
  properties: { dealname: "Node", dealstage: "appointmentscheduled", pipeline: "default", amount: "10" },
  associations: [{ to: { id: made.id }, types: [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 3 }] }],
});
const withLinks = await deals.basicApi.getById(deal.id, ["amount"], undefined, ["contacts"]);

await properties.groupsApi.create("contacts", { name: "node", label: "Node" });
const property = await properties.coreApi.create("contacts", {
  name: "node_score", label: "Score", type: "number", fieldType: "number", groupName: "node",
});
const everyone = await contacts.getAll(undefined, undefined, ["email"]);
await contacts.basicApi.archive(batch.results[0].id);

console.log(JSON.stringify({
  created: { isDate: made.createdAt instanceof Date, archived: made.archived },
  read: { ...read.properties, history: read.propertiesWithHistory.lifecyclestage.map((one) => one.value) },
  batch: { count: batch.results.length, status: batch.status, city: batch.results[0].properties.city },
  upserted: { isNew: upserted.results[0]._new, city: upserted.results[0].properties.city },
  someRead: { count: someRead.results.length, numErrors: someRead.numErrors },
  found: { total: found.total, count: found.results.length, after: found.paging.next.after },
  linked: linked.results[0].associationTypes.map((one) => one.typeId).sort((a, b) => a - b),
  dealContacts: withLinks.associations.contacts.results.map((one) => one.id === made.id),
  property: { type: property.type, group: property.groupName },
  pipelines: (await pipelines.pipelinesApi.getAll("deals")).results.map((one) => one.id),
  owners: (await owners.ownersApi.getPage()).results.length,
  everyone: everyone.length,
  twice: await refusal(contacts.basicApi.create({ properties: { email: "ana@node.example" } })),
  gone: await refusal(contacts.basicApi.getById(batch.results[0].id)),
  unknown: await refusal(contacts.basicApi.update(made.id, { properties: { nothing_like_it: "1" } })),
}));
