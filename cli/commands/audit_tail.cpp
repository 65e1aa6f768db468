// pcx audit tail: flags -> lib/audit/follow -> lines as they come.
#include <deque>
#include <unistd.h>

#include <fmt/format.h>

#include "audit/calendar.h"
#include "audit/catalog.h"
#include "audit/export_line.h"
#include "audit/follow.h"
#include "audit/pg_time.h"
#include "audit/reader_rights.h"
#include "audit/stream_cursor.h"
#include "cli/commands/audit_stream_tools.h"
#include "cli/commands/audit_tools.h"
#include "cli/sink.h"
#include "core/backoff.h"
#include "core/error.h"
#include "core/file.h"
#include "core/sleep.h"
#include "core/text.h"
#include "core/time.h"

namespace pcx::cli {

namespace {

using audit::Expression;
using audit::LeafSource;
using audit::Position;
using audit::TrailEvent;

constexpr std::int64_t kLookBackMax = 1'000'000;  // rows, for those that fit an expression

// --- A line for people: what happened, without values, which may be a person's.

std::string text_at(const TrailEvent& event, std::size_t column) {
  const db::BinaryField& field = event.columns[column];
  return field ? escape_controls(db::binary_text(field)) : "";
}

std::string_view op_word(std::string_view op) {
  if (op == "I") return "insert";
  if (op == "U") return "update";
  if (op == "D") return "delete";
  return op == "T" ? "truncate" : "unknown";
}

void append_word(std::string& out, std::string_view before, const std::string& word) {
  if (word.empty()) return;
  out += before;
  out += word;
}

// "update public.patients p1 by u1".
std::string what_happened(const TrailEvent& event) {
  std::string text;
  switch (event.source) {
    case LeafSource::change:
      text = op_word(text_at(event, 4));
      append_word(text, " ", text_at(event, 3));
      append_word(text, " ", text_at(event, 5));
      append_word(text, " by ", text_at(event, 7));
      break;
    case LeafSource::application:
      text = text_at(event, 2);
      append_word(text, " ", text_at(event, 4));
      append_word(text, " by ", text_at(event, 1));
      break;
    case LeafSource::meta:
      text = text_at(event, 3);
      append_word(text, " by ", text_at(event, 4));
      break;
  }
  return text;
}

void append_text_line(std::string& out, const TrailEvent& event) {
  audit::append_pg_time(out, event.at);
  out += fmt::format("  {:7}  {}\n", source_word(event.source), what_happened(event));
}

// --- The deed

class Tail {
 public:
  Tail(Context& context, const Values& values)
      : context_(context), is_text_(values.text("--format") == "text") {
    if (const auto path = values.optional_text("--cursor")) cursor_ = *path;
    filter_ = {};
    if (const std::string& word = values.text("--source"); word != "all") {
      filter_.source = audit::source_of_word(word);
    }
    if (const auto text = values.optional_text("EXPRESSION")) {
      expression_ = audit::parse_expression(*text);
      const auto zone = context.config().text("default_time_zone").value_or("UTC");
      db::Transaction tx = context.database().begin(db::Access::read_only);
      resolve_times(tx, expression_, context.clock().wall_now(), zone);
      audit::require_order(expression_);
      tx.commit();
    }
  }

  // The newest rows, or those behind the cursor.
  void show_rest(std::int64_t count) {
    const auto known = cursor_ ? audit::read_cursor(*cursor_) : std::nullopt;
    if (cursor_) require_writable(*cursor_);
    if (!known) {
      show_newest(count);
    } else {
      require_filter(*known, filter_, *cursor_);
      follower_.emplace(filter_, expression_, known->position);
      drain();
    }
  }

  void follow(std::chrono::milliseconds every) {
    for (;;) {
      sleep_unless_stopped(context_.clock(), context_.interrupt(), failures_ > 0 ? delay() : every);
      try_once();
    }
  }

 private:
  // What was not told yet comes after a restart of the server, from where the follower is.
  void try_once() {
    try {
      if (failures_ > 0) {
        context_.database().reconnect();
        context_.progress().say("the server is there again");
        failures_ = 0;
      }
      drain();
    } catch (const Error& error) {
      context_.interrupt().throw_if_requested();
      const bool is_passing =
          error.code() == ErrorCode::unreachable || error.code() == ErrorCode::busy;
      if (!is_passing) throw;
      ++failures_;
      context_.progress().say(fmt::format("the server is away: {}; trying again in {}",
                                          error.what(), to_short_text(delay())));
    }
  }

  std::chrono::milliseconds delay() {
    return backoff_delay({.first_delay = std::chrono::seconds{1},
                          .delay_max = std::chrono::seconds{60},
                          .jitter = 0},
                         failures_, context_.random());
  }

  void append(std::string& out, const TrailEvent& event) const {
    if (is_text_) return append_text_line(out, event);
    append_json_line(out, event, std::nullopt);
  }

  // More and more of the end, until enough of it fits.
  void show_newest(std::int64_t count) {
    std::deque<std::string> lines;
    for (std::int64_t window = count;; window *= 10) {
      const Position start = audit::newest_start(context_.database(), window);
      follower_.emplace(filter_, expression_, start);
      lines.clear();
      const auto keep = [&](const TrailEvent& event) {
        append(lines.emplace_back(), event);
        if (std::ssize(lines) > count) lines.pop_front();
      };
      while (follower_->next(context_.database(), keep)) {
        context_.interrupt().throw_if_requested();
      }
      const bool is_all = start == Position{} || window >= kLookBackMax;
      if (is_all || std::ssize(lines) >= count) break;
    }
    std::string out;
    for (const std::string& line : lines) out += line;
    tell(out);
  }

  void drain() {
    bool has_more = true;
    while (has_more) {
      std::string out;
      const Position before = follower_->position();
      has_more = follower_->next(context_.database(),
                                 [&](const TrailEvent& event) { append(out, event); });
      if (follower_->position() != before) tell(out);
      context_.interrupt().throw_if_requested();
    }
  }

  // First the lines, then the cursor: whoever is killed in between tells this batch again.
  void tell(const std::string& lines) {
    if (!lines.empty()) write_stdout(lines);
    if (!cursor_) return;
    ::fdatasync(STDOUT_FILENO);  // where it is a file; elsewhere there is nothing to wait for
    audit::write_cursor(*cursor_,
                        {.filter = filter_, .position = follower_->position(), .progress = {}});
  }

  Context& context_;
  bool is_text_;
  std::optional<std::filesystem::path> cursor_;
  audit::TrailFilter filter_;
  Expression expression_;
  std::optional<audit::Follower> follower_;
  int failures_ = 0;  // one behind the other
};

Outcome run_tail(Context& context, const Values& values) {
  const auto pause = pause_in(values);
  audit::with_reader_rights(context.database(), [&] {
    audit::require_trail(context.database());
    Tail tail{context, values};
    tail.show_rest(values.integer("--last"));
    if (values.flag("--follow")) tail.follow(pause);
  });
  return {PlainText{}};
}

}  // namespace

std::vector<Cmd> audit_tail_commands() {
  return {
      {.path = "audit tail",
       .summary = "Show the newest events of the trail, and those to come",
       .detail =
           "Events come in the order in which they are sealed, once every transaction before them "
           "has ended: one that commits late holds back what was written after it began, and is "
           "never passed over. --follow asks again and again until it is stopped; when the server "
           "is away it waits, says so on stderr, and goes on where it was.\n\nWith --cursor "
           "FILE it goes on where it was stopped, however that was; the file is written after the "
           "lines are. Killed in between it tells the last batch again, at most 1,000 rows.\n\n"
           "text: a line an event, without values. ndjson: everything, as 'pcx audit export' "
           "writes it, without the index that events do not have yet. EXPRESSION is that of 'pcx "
           "audit query'.",
       .options = {{.name = "--follow", .letter = 'f', .type = Type::flag, .help = "do not end"},
                   {.name = "--last",
                    .type = Type::integer,
                    .metavar = "N",
                    .help = "how many events to begin with, where no cursor says more",
                    .fallback = "10",
                    .minimum = 0,
                    .maximum = 10'000},
                   stream_source_option(),
                   stream_cursor_option("go on where this file says, and keep it"),
                   {.name = "--every",
                    .type = Type::duration,
                    .metavar = "TIME",
                    .help = "how long to wait for more, at least 100ms",
                    .fallback = "1s"},
                   {.name = "--format",
                    .letter = 'o',
                    .type = Type::choice,
                    .metavar = "FORMAT",
                    .help = "form of the events",
                    .choices = {"text", "ndjson"},
                    .fallback = "text"}},
       .arguments = {{.name = "EXPRESSION",
                      .help = "what to look for, as 'action:Patient.* user:u1'",
                      .required = false}},
       .examples = {{"pcx audit tail --follow", "what happens now"},
                    {"pcx audit tail -f -o ndjson --cursor /var/lib/pcx/siem.cursor | ship",
                     "every event, to somewhere else"}},
       .exits = {{0, "shown"},
                 {64, "an expression, option or time that does not hold up"},
                 {65, "the cursor's file is none (reason cursor)"},
                 {66, "there is no trail (reason no_trail)"},
                 {73, "the cursor's file cannot be made"},
                 {76, "reached through a transaction pooler"},
                 {77, "the role may not read the trail (reason rights)"},
                 {79, "the cursor is of another --source (reason filter)"},
                 {130, "with --follow: stopped by Ctrl-C"}},
       .needs = Needs::database_state,
       .own_format = true,
       .run = run_tail}};
}

}  // namespace pcx::cli
