// What is told of a result. Each is a function of the result alone; texts of scripts and targets
// are escaped for where they go.
#pragma once

#include <string>

#include "load/result.h"

namespace pcx::load {

// JSON as `artillery run -o` writes it: "aggregate" and "intermediate" with its keys and types, and
// a member "pcx" with verdict, demands and what else Artillery does not have. Milliseconds with one
// decimal. Of its oddities: the period is a number in the aggregate and a text elsewhere,
// "histograms" are the summaries once more, and each period has an "http.request_rate" of null.
// Source: Artillery 2.0.34, lib/core/ssms.ts, lib/launch-platform.ts, lib/cmds/run.ts.
std::string report_artillery(const Result& result);

// One page that loads nothing, shorter than 1 MB however long the run was.
std::string report_html(const Result& result);

// JUnit's XML: a test case for the verdict, each demand and each endpoint. Demands that are missed
// but not strict are skipped; an endpoint fails when it never answered.
std::string report_junit(const Result& result);

// For a terminal or a log: lines of at most 100 columns, as far as names allow.
std::string report_text(const Result& result);

// HdrHistogram's log format 1.3, in milliseconds for the maxima and microseconds in the histograms:
// each summary of the whole run under its name as tag, and pcx.latency second by second as
// "pcx.latency.by_second".
// Source: HistogramLogWriter.java of HdrHistogram 2.1.
std::string report_hlog(const Result& result);

}  // namespace pcx::load
