// An MCP client of the revision 2026-07-28, whose user is shown the form and fills it in
// wrongly at first. Prints what happened as JSON.
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

const [url, key, formId] = process.argv.slice(2);
const client = new Client(
  { name: "e2e", version: "1" },
  { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: "auto" } },
);
const answers = [
  { action: "accept", content: { email: "not an address", plan: "pro" } },
  { action: "accept", content: { email: "ada@example.com", plan: "pro" } },
  { action: "decline" },
];
const asked = [];
client.setRequestHandler("elicitation/create", async ({ params }) => {
  asked.push({ message: params.message, fields: Object.keys(params.requestedSchema.properties) });
  return answers[asked.length - 1];
});
await client.connect(
  new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { Authorization: `Bearer ${key}` } } }),
);
const call = async (name, args) => client.callTool({ name, arguments: args });

const { tools } = await client.listTools();
const lead = await call("capture_lead", { formId, conversationId: "conv_v2" });
const { submissionId } = lead.structuredContent;
let status;
do {
  await new Promise((resolve) => setTimeout(resolve, 50));
  status = (await call("submission_status", { submissionId })).structuredContent.status;
} while (status === "pending" || status === "retrying");
const declined = await call("capture_lead", { formId, conversationId: "conv_other" });
const revision = client.getNegotiatedProtocolVersion();
await client.close();

console.log(JSON.stringify({
  revision,
  tools: tools.map((tool) => tool.name),
  asked,
  outcome: lead.structuredContent.outcome,
  submissionId,
  status,
  declined: declined.structuredContent.outcome,
}));
