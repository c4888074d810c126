// The packages have documents of every version of GitHub: 400 MB, of which the tests read two files.
const { readdirSync, rmSync, statSync } = require("node:fs");
const { join } = require("node:path");

const kept = [
  "node_modules/@octokit/openapi/generated/api.github.com.json",
  "node_modules/@octokit/webhooks-examples/api.github.com/index.json",
];
for (const folder of ["node_modules/@octokit/openapi/generated", "node_modules/@octokit/webhooks-examples"]) {
  for (const name of readdirSync(folder, { recursive: true })) {
    const path = join(folder, name);
    if (statSync(path).isFile() && statSync(path).size > 1e6 && !kept.includes(path)) rmSync(path);
  }
}
