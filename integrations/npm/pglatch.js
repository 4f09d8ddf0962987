#!/usr/bin/env node
// Runs the program of this platform's package, with our arguments, streams and signals; exits as it does.
"use strict";

const { spawn } = require("node:child_process");
const os = require("node:os");

const platform = `${process.platform}-${process.arch}`;

function program() {
  try {
    return require.resolve(`@pglatch/${platform}/bin/pglatch`);
  } catch {
    return null;
  }
}

const path = program();
if (path === null) {
  const known = Object.keys(require("../package.json").optionalDependencies).join(", ");
  console.error(
    `pglatch: the package @pglatch/${platform} is not installed. There are ${known}; npm leaves them out with ` +
      "--omit=optional, and a lock file that was made on another platform may lack one: install again without both.",
  );
  process.exit(2);
}

const child = spawn(path, process.argv.slice(2), { stdio: "inherit" });
// A terminal sends Ctrl-C to both; what is sent to us alone is handed on.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  console.error(`pglatch: cannot run ${path}: ${error.message}`);
  process.exit(2);
});
child.on("close", (status, signal) => {
  process.exit(signal === null ? status : 128 + os.constants.signals[signal]);
});
