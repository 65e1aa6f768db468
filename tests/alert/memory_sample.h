// Memories for tests: one with everything in it, and histories as they come.
#pragma once

#include <string>
#include <vector>

#include "alert/memory.h"
#include "core/random.h"

namespace pcx::alert {

// Whole milliseconds after 2026-01-15 12:00 UTC, when FakeClock begins.
Time at(std::int64_t seconds);

Alert sample_alert(const std::string& name, Time evaluated_at);
OutboxLine sample_line(const std::string& id, std::int64_t sequence, Time queued_at);
Silence sample_silence(const std::string& id);
Incident sample_incident(const std::string& receiver, const std::string& key, Time notified_at);
Event sample_event(const std::string& id, Time at);

// Every field of every part is set, with texts that need care.
Memory sample_memory();

// What a run makes of a memory at `now`: alerts begin, go on and end, incidents open and close with
// their lines, attempts are made, silences come and end. `who` is in all ids that it makes.
Memory evolved(Memory memory, Random& random, const std::string& who, Time now);

// Its JSON: equal memories have equal ones, NaN included.
std::string shown(const Memory& memory);
std::string shown(const Silence& silence);

}  // namespace pcx::alert
