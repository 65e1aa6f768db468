// pcx audit show: flags -> lib/audit -> show.
#include <algorithm>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "audit/event_place.h"
#include "audit/mask.h"
#include "audit/prove.h"
#include "audit/query.h"
#include "cli/commands/audit_filter.h"
#include "cli/commands/audit_tools.h"
#include "cli/commands/audit_views.h"
#include "core/error.h"
#include "core/json.h"
#include "core/text.h"
#include "crypto/encoding.h"

namespace pcx::cli {

namespace {

using audit::Event;
using audit::LedgerPlace;
using audit::Related;
using audit::Source;

constexpr std::size_t kValueColumns = 400;
constexpr std::size_t kRelatedColumns = 40;

struct Difference {
  std::string field;
  const Document* before = nullptr;  // nullptr: not known, or not there
  const Document* after = nullptr;
};

// Field by field, in the order of the new values, then of what is only in the old ones.
std::vector<Difference> differences(const Document& before, const Document& after) {
  std::vector<Difference> all;
  if (after.is_object()) {
    for (const auto& [name, value] : after.members()) {
      all.push_back({name, before.find(name), &value});
    }
  }
  if (before.is_object()) {
    for (const auto& [name, value] : before.members()) {
      if (after.find(name) == nullptr) all.push_back({name, &value, nullptr});
    }
  }
  return all;
}

std::string value_text(const Document& value) {
  const std::string text = value.text() != nullptr ? *value.text() : to_json(value);
  return shown(text, kValueColumns);
}

std::string line_of(const Difference& difference, bool has_before) {
  const std::string after = difference.after ? value_text(*difference.after) : "(gone)";
  const std::string name = shown(difference.field, kRelatedColumns);
  if (!has_before) return fmt::format("  {:<24} {}\n", name, after);
  const std::string before = difference.before ? value_text(*difference.before) : "(none)";
  return fmt::format("  {:<24} {} → {}\n", name, before, after);
}

std::string text_of_changes(const Event& event) {
  if (!event.before && !event.changes) return {};
  const Document before = shown_json(event.before);
  const Document after = shown_json(event.changes);
  std::string text = event.before && !event.changes ? "values that were deleted\n" : "changes\n";
  if (!before.is_object() && !after.is_object()) {
    return text + "  " + value_text(event.changes ? after : before) + "\n";
  }
  if (event.before && !event.changes) {
    for (const auto& [name, value] : before.members()) {
      text += line_of({name, nullptr, &value}, false);
    }
    return text;
  }
  for (const Difference& each : differences(before, after)) {
    text += line_of(each, event.before.has_value());
  }
  return text;
}

void add(std::string& text, const char* name, const std::optional<std::string>& value) {
  if (value) text += fmt::format("{:<12} {}\n", name, shown(value, kValueColumns));
}

std::string head_of(const Event& event) {
  std::string text;
  add(text, "record", event.id);
  add(text, "at", time_text(event));
  add(text, "source", std::string{to_string(event.source)});
  add(text, "user", event.user);
  add(text, "action", event.action);
  add(text, "resource", event.resource);
  add(text, "id", event.resource_id);
  add(text, "tenant", event.tenant);
  add(text, "correlation", event.correlation);
  add(text, "ip", event.ip);
  add(text, "agent", event.agent);
  add(text, "db user", event.db_user);
  add(text, "application", event.application);
  if (event.metadata) add(text, "metadata", event.metadata->text);
  return text;
}

std::string text_of_places(const std::vector<LedgerPlace>& places) {
  if (places.empty())
    return "ledger       not in the ledger: from before the trail, or without it\n";
  std::string text;
  for (const LedgerPlace& place : places) {
    const std::string sealed =
        place.sealing
            ? fmt::format("sealed at {} in tree {} among leaves {} to {}", place.sealing->sealed_at,
                          place.sealing->epoch, place.sealing->first_size, place.sealing->size - 1)
            : "not sealed yet";
    text +=
        fmt::format("ledger       {}, {}\nleaf         {}\n", place.position, sealed, place.leaf);
  }
  return text;
}

void add_related(std::string& text, const char* title, const std::vector<Event>& events) {
  if (events.empty()) return;
  text += fmt::format("\n{}\n", title);
  for (const Event& event : events) {
    text += fmt::format("  {}  {}  {}  {}  {}  {}\n", time_text(event), to_string(event.source),
                        shown(event.user, kRelatedColumns), shown(event.action, kRelatedColumns),
                        shown(event.resource, kRelatedColumns), shown(event.id, kRelatedColumns));
  }
}

std::string text_of(const Event& event, const std::string& ledger, const Related& related) {
  std::string text = head_of(event) + "\n" + text_of_changes(event) + "\n" + ledger;
  add_related(text, "in the same request", related.same_request);
  add_related(text, event.source == Source::app ? "captured beside it" : "logged beside it",
              related.beside);
  if (related.is_cut) {
    text += fmt::format("\nThere are more than {} of these: see 'pcx audit query'.\n",
                        audit::kRelatedMax);
  }
  return text;
}

Document list_of(const std::vector<Event>& events) {
  Document list = Document::array();
  for (const Event& event : events) {
    Document each = Document::object();
    each.set("at", time_text(event));
    each.set("source", std::string{to_string(event.source)});
    each.set("record", audit::masked(event.id));
    each.set("user", event.user ? Document{audit::masked(*event.user)} : Document{});
    each.set("action", event.action ? Document{audit::masked(*event.action)} : Document{});
    each.set("resource", event.resource ? Document{audit::masked(*event.resource)} : Document{});
    list.add(std::move(each));
  }
  return list;
}

Document document_of(const std::vector<LedgerPlace>& places) {
  Document list = Document::array();
  for (const LedgerPlace& place : places) {
    Document each = Document::object();
    each.set("position", place.position);
    each.set("leaf", place.leaf);
    each.set("sealed", place.sealing.has_value());
    if (place.sealing) {
      each.set("epoch", std::int64_t{place.sealing->epoch});
      each.set("sealed_at", place.sealing->sealed_at);
      each.set("first_size", place.sealing->first_size);
      each.set("size", place.sealing->size);
    }
    list.add(std::move(each));
  }
  return list;
}

// Whether a signed tree has the event as it is now.
struct Proven {
  std::optional<audit::InclusionProof> proof;
  std::string words;           // where there is none: why
  std::optional<Error> error;  // that says more than that

  bool is_broken() const { return proof && !proof->holds(); }
};

Proven unproven(const Error& error) {
  if (error.reason() == "no_verifier_key") {
    return {{}, "not looked for: no verifier key is known", {}};
  }
  return {{}, fmt::format("none: {}", error.what()), error};
}

// Whose signatures are believed, or why nobody's are; found before a transaction begins.
using Believed = std::variant<std::vector<audit::VerifierKey>, Error>;

Believed believed_keys(Context& context, const Values& values) {
  try {
    return verifier_keys(context, values, &context.database());
  } catch (const Error& error) {
    return error;
  }
}

// Without a verifier key, and before it is sealed, an event is shown all the same.
Proven prove(db::Transaction& tx, const Believed& believed, const Event& event,
             const std::vector<LedgerPlace>& places) {
  if (places.empty() || !places.front().sealing) return {{}, "none: it is not sealed yet", {}};
  if (const auto* const error = std::get_if<Error>(&believed)) return unproven(*error);
  try {
    const audit::TrustedKeys keys{std::get<0>(believed), audit::list_key_changes(tx)};
    return {audit::prove_record(tx, keys, event.id), {}, {}};
  } catch (const Error& error) {
    return unproven(error);
  }
}

std::string text_of(const Proven& proven) {
  if (!proven.proof) return fmt::format("proof        {}\n", escape_controls(proven.words));
  return fmt::format(
      "proof        leaf {} of {} in {}: {}\n", proven.proof->index,
      proven.proof->tree.checkpoint.tree.size,
      escape_controls(proven.proof->tree.checkpoint.origin),
      proven.proof->holds() ? "the event is what was sealed" : "THE EVENT IS NOT WHAT WAS SEALED");
}

Document document_of(const Proven& proven) {
  if (!proven.proof) return {};
  const auto& tree = proven.proof->tree.checkpoint;
  Document document = Document::object();
  document.set("holds", proven.proof->holds());
  document.set("index", static_cast<std::int64_t>(proven.proof->index));
  document.set("size", static_cast<std::int64_t>(tree.tree.size));
  document.set("root", crypto::to_base64(tree.tree.root));
  Document path = Document::array();
  for (const audit::Hash& hash : proven.proof->proof) path.add(crypto::to_base64(hash));
  document.set("proof", std::move(path));
  document.set("checkpoint", proven.proof->checkpoint);
  return document;
}

// An id with two dots may be one of the application, too: it comes first where it is there.
std::optional<Event> find_event(db::Transaction& tx, const std::vector<Source>& sources,
                                const std::string& id) {
  for (const Source source : sources) {
    if (source == Source::trigger && !audit::parse_change_id(id)) continue;
    if (auto event = read_event(tx, source, id)) return event;
  }
  return std::nullopt;
}

Outcome ask(Context& context, const Values& values) {
  const std::string& id = values.text("ID");
  if (id.find('\0') != std::string::npos || find_invalid_utf8(id)) {
    throw Error{ErrorCode::usage, "the id is no text"};
  }
  const Believed believed = believed_keys(context, values);
  db::Transaction tx =
      context.database().begin(db::Access::read_only, db::Isolation::repeatable_read);
  audit::limit_reading(tx, values.duration("--timeout"));
  const auto sources = audit::find_sources(tx);
  const auto event = find_event(tx, sources, id);
  if (!event) {
    throw Error{ErrorCode::not_found,
                fmt::format("there is no event {} in the trail", shown(id, kRelatedColumns)),
                "See 'pcx audit query' (column RECORD), or 'pcx audit query id:...' for what "
                "was acted on."}
        .because("no_such_event");
  }
  const auto places = read_places(tx, *event);
  const Proven proven = prove(tx, believed, *event, places);
  const Related related = read_related(tx, *event, sources, context.clock());
  Document document = event_document(*event);
  document.set("ledger", document_of(places));
  document.set("proof", document_of(proven));
  document.set("same_request", list_of(related.same_request));
  document.set("beside", list_of(related.beside));
  document.set("more_related", related.is_cut);
  const std::string ledger = text_of_places(places) + (places.empty() ? "" : text_of(proven));
  return {PlainText{text_of(*event, ledger, related), std::move(document)},
          proven.is_broken() ? Finding::critical : Finding::ok, proven.error};
}

Outcome run_show(Context& context, const Values& values) {
  return ask_trail(context, values, [&] { return ask(context, values); });
}

}  // namespace

std::vector<Cmd> audit_show_commands() {
  return {
      {.path = "audit show",
       .summary = "Show one event: what changed, where it is sealed, what happened around it",
       .detail =
           "ID is that of a row of audit_logs, or of a captured change: three numbers, as 'pcx "
           "audit query' shows them in column RECORD. Of captured changes old and new values "
           "are shown side by side; the application logs what it sent, so new values only. "
           "Ciphertexts are shown as ‹encrypted 4›, by the id of their key, and text that "
           "is too long for a line is cut, with its size; JSON has all of it.\n\nIn the ledger "
           "the event has a leaf; it is sealed as soon as a checkpoint has it. Where a verifier "
           "key is known it is proved that the newest signed tree has the event as it is now; "
           "'pcx audit verify --record ID' gives that proof to others.\n\n"
           "Around it: events of the same request (correlation id) within five minutes, and "
           "in the other source those on the same id within five seconds, where a change that "
           "the application logged has both.",
       .options = {{.name = "--timeout",
                    .type = Type::duration,
                    .metavar = "TIME",
                    .help = "how long one statement may take",
                    .fallback = "30s"},
                   verifier_key_option(),
                   signing_key_option()},
       .arguments = {{.name = "ID", .help = "id of the event: column RECORD"}},
       .examples = {{"pcx audit show 3.4711.12", "a captured change"},
                    {"pcx audit show 0b6f6d0c-6f7e-4d6e-9a53-2f1f0c9a1d11 -o json",
                     "a row of audit_logs, as data"}},
       .exits = {{0, "shown"},
                 {2, "shown, and it is not what was sealed"},
                 {3, "shown, and nobody who is known has signed the tree"},
                 {66, "there is no such event, or no trail"},
                 {75, "a statement took longer than --timeout"},
                 {77, "the role may not read audit_logs or schema pcx"}},
       .needs = Needs::database,
       .run = run_show}};
}

}  // namespace pcx::cli
