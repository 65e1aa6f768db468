// Decodes a body of OTLP with the messages of @opentelemetry/otlp-transformer: what comes out, by way of
// protobuf's bytes, has to be what went in. Unknown keys, enums as words and numbers of the wrong kind would
// get lost on the way.
//
// usage: node decode.cjs <BODY         prints how many data points there are
'use strict';
const assert = require('node:assert/strict');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const packages = process.env.PCX_OTLP_PACKAGES;
const { opentelemetry } = require(
  join(packages, 'node_modules/@opentelemetry/otlp-transformer/build/src/generated/root.js'));
const Request = opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;

const body = JSON.parse(readFileSync(0, 'utf8'));
const message = Request.fromObject(body);
assert.equal(Request.verify(message), null);
const bytes = Request.encode(message).finish();
const decoded = Request.toObject(Request.decode(bytes), { longs: String });
assert.deepEqual(decoded, body);

const metrics = decoded.resourceMetrics.flatMap((of) => of.scopeMetrics).flatMap((of) => of.metrics);
const points = metrics.flatMap((metric) => metric.gauge.dataPoints);
assert.ok(metrics.length >= 7, `${metrics.length} metrics`);
console.log(`otlp-transformer: ${metrics.length} metrics, ${points.length} data points`);
