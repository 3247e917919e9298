// An MCP client of the revision 2025-11-25, which cannot be asked without a session: its
// model is told what is missing, and calls again. Prints what happened as JSON.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const [url, key, formId] = process.argv.slice(2);
const client = new Client({ name: "e2e", version: "1" }, { capabilities: { elicitation: { form: {} } } });
await client.connect(
  new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { Authorization: `Bearer ${key}` } } }),
);
const call = async (name, args) => client.callTool({ name, arguments: args });

const { tools } = await client.listTools();
const form = await call("get_form", { formId });
const refused = await call("capture_lead", { formId });
const lead = await call("capture_lead", { formId, formData: { email: "ada@example.com" }, conversationId: "conv_v1" });
const { submissionId } = lead.structuredContent;
let status;
do {
  await new Promise((resolve) => setTimeout(resolve, 50));
  status = (await call("submission_status", { submissionId })).structuredContent.status;
} while (status === "pending" || status === "retrying");
await client.close();

console.log(JSON.stringify({
  tools: tools.map((tool) => tool.name),
  fields: form.structuredContent.form.fields.map((field) => field.name),
  missing: refused.isError ? refused.structuredContent.error.errors.map((problem) => problem.field) : null,
  outcome: lead.structuredContent.outcome,
  submissionId,
  status,
}));
