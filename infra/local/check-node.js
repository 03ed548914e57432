// Plain JavaScript: a Node that is too old for TypeScript has to be able to say so.
const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  console.error(
    `Node ${process.versions.node} is too old: 24 is needed. "npm ci" installs it beside the other packages.`,
  );
  process.exit(1);
}
