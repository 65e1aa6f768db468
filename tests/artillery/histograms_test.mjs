// What pcx writes for programs of HdrHistogram, read by npm's hdr-histogram-js: each histogram of
// `pcx load report -o hlog` has the count and the percentiles that the JSON report says.
//
// usage: node histograms_test.mjs PACKAGES PCX RESULT...
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";

const [packages, pcx, ...results] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(packages), "package.json"));
const { decodeFromCompressedBase64 } = require("hdr-histogram-js");

const report = (format) =>
  execFileSync(pcx, ["load", "report", "-o", format, ...results], { encoding: "utf-8" });

const { summaries } = JSON.parse(report("json")).aggregate;
const seen = new Set();
let inSeconds = 0;
for (const line of report("hlog").split("\n")) {
  const found = line.match(/^Tag=(.*),[\d.]+,[\d.]+,[\d.]+,(HISTFAAAA\S+)$/);
  if (found === null) continue;
  if (found[1] === "pcx.latency.by_second") {
    inSeconds += decodeFromCompressedBase64(found[2]).totalCount;
    continue;
  }
  const name = Object.keys(summaries).find((key) => key.replaceAll(/[ ,]/g, "_") === found[1]);
  assert.ok(name, `${found[1]} is not in the JSON report`);
  seen.add(name);
  const summary = summaries[name];
  const histogram = decodeFromCompressedBase64(found[2]);
  assert.equal(histogram.totalCount, summary.count, name);
  for (const [key, percentile] of Object.entries({ p50: 50, p75: 75, p90: 90, p95: 95, p99: 99, p999: 99.9 })) {
    // Microseconds here, milliseconds with one digit there; the library gives a bucket's upper end.
    const read = Math.min(histogram.getValueAtPercentile(percentile), histogram.maxValue) / 1000;
    const most = Math.min(read, summary.max);
    assert.ok(Math.abs(most - summary[key]) <= 0.051, `${name} ${key}: ${read} read, ${summary[key]} said`);
  }
}
assert.equal(inSeconds, summaries["pcx.latency"].count);
assert.deepEqual([...seen].sort(), Object.keys(summaries).sort());
console.log(`${seen.size} histograms are read as they were meant`);
