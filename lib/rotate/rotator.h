// A rotation from its first page to its proof: workers over all shards, sweeps until nothing is
// left, and a fence around each field that is done.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "rotate/census.h"
#include "rotate/worker.h"

namespace pcx::rotate {

struct RotationReport;

struct RotatorOptions {
  int workers = 1;
  // A fence goes up only when the key has been active for this long, and every transaction from
  // before the end of that time is over: until then somebody may seal with the old one, and write
  // it later.
  std::chrono::milliseconds settle{60'000};
  Time key_activated_at{};
  // Every second or so, from the calling thread.
  std::function<void(const RotationProgress& progress)> on_progress;
  // A phase begins: "sweeping medical_records", "waiting for writers with the old key".
  std::function<void(const std::string& phase)> on_phase;
  // Before anybody else may finish the same rotation: enters the outcome (finish_rotation) and the
  // journal.
  std::function<void(const RotationReport& report)> finish;
};

// What became of one field in one heap.
struct FieldOutcome {
  std::string heap;
  std::string field;
  std::int64_t values = 0;   // under the target key
  std::int64_t nothing = 0;  // NULL or ''
  std::int64_t left = 0;     // under another key, damaged, or plain
  bool is_fenced = false;    // the database itself admits no others any more
  std::string why_no_fence;  // for people; empty when fenced
};

struct RotationReport {
  RotationProgress progress;
  int sweeps = 0;
  std::int64_t swept_rows = 0;  // that the shards had missed
  std::int64_t swept_seals = 0;
  std::int64_t unopened = 0;  // values that the last sweep could not open, or not write
  std::vector<FieldOutcome> fields;
  bool is_finished_elsewhere = false;  // another process was faster; `fields` say what it left
  bool ended_with_findings = false;    // there, by what it has entered

  bool is_complete() const;  // nothing is left, by whoever finished it
  std::int64_t seals() const { return progress.seals + swept_seals; }
};

// Goes on with `job.rotation`, together with whoever else does, to its end. `database` is a session
// of its own.
//
// Throws Error{conflict} with reason "superseded" when another key was activated meanwhile.
// Throws what a worker throws, when all are stopped; everything done until then is saved. Throws
// Error{conflict} with reason "still_written" when values under another key appear again and again,
// "kept_back" when rows stay as they were however often they are written.
RotationReport run_rotation(db::Database& database, const Job& job, const RotatorOptions& options);

}  // namespace pcx::rotate
