// pcx audit query: flags -> lib/audit -> show.
#include <fmt/format.h>

#include "audit/calendar.h"
#include "audit/query.h"
#include "cli/commands/audit_filter.h"
#include "cli/commands/audit_tools.h"
#include "cli/commands/audit_views.h"
#include "core/error.h"
#include "core/text.h"

namespace pcx::cli {

namespace {

using audit::Page;
using audit::Question;

// What a cursor remembers: whatever decides which events there are.
std::string identity_of(const AuditFilter& filter) {
  std::string identity = canonical(filter.expression) + "|" + filter.time_zone;
  for (const audit::Source source : filter.sources) identity += to_string(source);
  return identity;
}

std::int64_t skipped_rows(const Values& values, std::int64_t limit) {
  const std::int64_t page = values.optional_integer("--page").value_or(1);
  if (page > 1 && values.has("--cursor")) {
    throw Error{ErrorCode::usage, "--page counts from the beginning, and --cursor goes on",
                "Give one of them."};
  }
  const std::int64_t rows = (page - 1) * limit;
  if (rows > audit::kSkippedRowsMax) {
    throw Error{ErrorCode::usage,
                fmt::format("page {} is more than {} rows back", page, audit::kSkippedRowsMax),
                "Give --until, or go from page to page by --cursor."};
  }
  return rows;
}

Question question_in(const Values& values, const AuditFilter& filter) {
  Question question{.filter = filter.expression, .sources = filter.sources};
  question.limit = values.integer("--limit");
  question.skip = skipped_rows(values, question.limit);
  if (const auto cursor = values.optional_text("--cursor")) {
    question.after = audit::parse_cursor(*cursor, identity_of(filter));
  }
  if (values.text("--format") == "text") question.chars_max = audit::kShownCharsMax;
  return question;
}

std::string words_about(const Page& page, const Question& question, const AuditFilter& filter) {
  std::string words = counted(static_cast<long long>(page.events.size()), "event") + ".";
  if (page.next) {
    words += " More: --cursor " + audit::to_text(*page.next, identity_of(filter));
  } else if (question.after || question.skip > 0) {
    words += " The last page.";
  }
  if (question.skip > 0) {
    words += fmt::format(" {} before it were counted through: --cursor goes on without that.",
                         counted(question.skip, "row"));
  }
  return words + words_about_zone(filter, needs_zone(filter.expression));
}

std::vector<std::string> cursors_of(const Page& page, const AuditFilter& filter) {
  const std::string identity = identity_of(filter);
  std::vector<std::string> cursors;
  for (const audit::Event& event : page.events) {
    cursors.push_back(audit::to_text({event.source, event.at, event.id}, identity));
  }
  return cursors;
}

Document documents_of(const Page& page, const AuditFilter& filter) {
  const auto cursors = cursors_of(page, filter);
  Document all = Document::array();
  for (std::size_t i = 0; i < page.events.size(); ++i) {
    Document event = event_document(page.events[i]);
    event.set("cursor", cursors[i]);
    all.add(std::move(event));
  }
  return all;
}

Shown shown_page(const Page& page, const Question& question, const AuditFilter& filter,
                 const std::string& format) {
  if (format == "text") {
    View view = events_view(page.events);
    view.summary = words_about(page, question, filter);
    return view;
  }
  if (format == "csv") return events_csv(page.events, cursors_of(page, filter));
  Document events = documents_of(page, filter);
  if (format == "ndjson") return Tree{std::move(events), {}};
  Document document = Document::object();
  document.set("events", std::move(events));
  document.set("next",
               page.next ? Document{audit::to_text(*page.next, identity_of(filter))} : Document{});
  document.set("time_zone", filter.time_zone);
  return Tree{std::move(document), {}};
}

Outcome ask(Context& context, const Values& values) {
  audit_expression_in(values);
  db::Transaction tx =
      context.database().begin(db::Access::read_only, db::Isolation::repeatable_read);
  const AuditFilter filter = audit_filter_in(context, values, tx);
  const Question question = question_in(values, filter);
  if (values.flag("--explain")) {
    audit::Explanation explanation;
    read_page(tx, question, context.clock(), &explanation);
    return {PlainText{explanation_text(explanation), explanation_document(explanation)}};
  }
  const Page page = read_page(tx, question, context.clock());
  return {shown_page(page, question, filter, values.text("--format"))};
}

Outcome run_query(Context& context, const Values& values) {
  return ask_trail(context, values, [&] { return ask(context, values); });
}

std::vector<Opt> query_options() {
  std::vector<Opt> options = audit_filter_options();
  for (const Opt& option :
       std::vector<Opt>{{.name = "--limit",
       .type = Type::integer,
       .metavar = "N",
       .help = "events of a page, 1,000 at most",
       .fallback = "50",
       .minimum = 1,
       .maximum = audit::kPageRowsMax},
                        {.name = "--cursor",
                        .metavar = "TEXT",
                        .help = "go on where the page before ended: costs the same for every page"},
                        {.name = "--page",
                        .type = Type::integer,
                        .metavar = "N",
                        .help = "the Nth page, by counting through those before it, at most "
                                "10,000,000 events; see --cursor",
                        .minimum = 1,
                        .maximum = audit::kSkippedRowsMax},
                        {.name = "--explain",
                        .type = Type::flag,
                        .help = "show statements, plans and indexes instead of events"}}) {
    options.push_back(option);
  }
  return options;
}

}  // namespace

std::vector<Cmd> audit_query_commands() {
  static const std::string detail =
      std::string{kAuditLanguage} +
      "\n\nEvents come newest first, out of the application's audit_logs and, where 'pcx audit "
      "install' was run, of captured changes. Pages are told by cursors: page 10,000 costs what "
      "page 1 does, and nothing is shown twice or left out because of what is written meanwhile. A "
      "cursor belongs to its filter. --page is there for whoever knows a number only: it has to "
      "count through all rows before the page, as OFFSET does, and rows that are written meanwhile "
      "move it.\n\nCiphertexts are shown as ‹encrypted 4›, by the id of their key. Text has long "
      "values cut, with their size; JSON, NDJSON and CSV have them whole, CSV "
      "with line breaks and control characters as they are.\n\naudit_logs has "
      "indexes on userId, action, resource, timestamp and tenantId, each alone: filters on other "
      "fields want a range of time. --explain says which index was used, and which migration "
      "would help where none was; pcx makes no index there, since Prisma would call it drift.";
  return {
      {.path = "audit query",
       .summary = "Ask who did what, when, to what",
       .detail = detail,
       .options = query_options(),
       .arguments = {expression_argument()},
       .examples = {{"pcx audit query 'action:Patient.* since:-7d'", "what happened to patients"},
                    {"pcx audit query 'changes.status:cancelled -user:system' --tenant t1",
                     "who cancelled something"},
                    {"pcx audit query --user u1 --since yesterday -o csv",
                     "for somebody's spreadsheet"},
                    {"pcx audit query 'ip:10.0.0.0/8 (op:delete OR action:*.delete)' --explain",
                     "how it is looked for"}},
       .exits = {{0, "shown; also when there is nothing"},
                 {64, "an expression, option or time that does not hold up, or since after until"},
                 {65, "a cursor that is none, or of another filter"},
                 {66, "there is neither audit_logs nor pcx.change"},
                 {75, "a statement took longer than --timeout"},
                 {77, "the role may not read audit_logs or pcx.change"}},
       .needs = Needs::database,
       .run = run_query}};
}

}  // namespace pcx::cli
