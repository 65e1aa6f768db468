// pcx apikey scan: flags -> lib/apikey -> show.
#include <algorithm>
#include <chrono>
#include <set>
#include <unistd.h>

#include <fmt/format.h>

#include "apikey/leaks.h"
#include "apikey/pepper.h"
#include "apikey/store.h"
#include "apikey/walk.h"
#include "cli/commands/apikey_tools.h"
#include "cli/commands/key_tools.h"
#include "core/error.h"
#include "core/redact.h"
#include "core/text.h"
#include "keyring/keyring.h"

namespace pcx::cli {

namespace {

using apikey::Key;
using apikey::Leak;
using apikey::Leaks;
using apikey::ScanTotals;

constexpr std::size_t kJournalPlacesMax = 20;  // of one key
constexpr std::size_t kNamedMax = 20;          // keys in the question
constexpr std::chrono::seconds kBetweenStatus{1};

// A file may have a key for its name.
std::string shown(const std::string& path) {
  return escape_controls(path.find("pcx_") == std::string::npos ? path : redact(path));
}

// --- looking

// Whose the keys are, by their digests: a key with a right checksum and somebody's id can be made
// up by anybody. The session is of its own, and opened when everything was searched: nothing waits
// for a pipe that may take days.
class Owners {
 public:
  Owners(Context& context, const Values& values)
      : database_(context.open_database(db::ConnectOptions{})),
        hashers_(apikey::peppers_of(
            keyring::open_keyring(database_, named_keks(values), kek_tools(context)))) {
    db::Transaction tx = database_.begin();
    apikey::require_tables(tx);
    plain_rows_ = apikey::count_plain_rows(tx);
  }

  db::Database& database() { return database_; }
  std::int64_t plain_rows() const { return plain_rows_; }

  std::optional<Key> find(std::string_view key) {
    return apikey::find_presented(database_, hashers_.every_hash(key), std::nullopt);
  }

 private:
  db::Database database_;
  apikey::Hashers hashers_;
  std::int64_t plain_rows_ = 0;
};

struct Search {
  Leaks leaks;
  ScanTotals totals;
  std::optional<Error> failure;  // the first of a named path, or what ended it all
};

void add(ScanTotals& sum, const ScanTotals& more) {
  sum.files += more.files;
  sum.bytes += more.bytes;
  sum.keys += more.keys;
  sum.unread += more.unread;
  sum.skipped += more.skipped;
}

bool is_stop(const Error& error) {
  return error.code() == ErrorCode::interrupted || error.code() == ErrorCode::terminated;
}

// The paths, one after the other.
class Searching {
 public:
  Searching(Context& context, Search& found) : context_(context), found_(found) {}

  // A path that is not there does not take away what was found at the others; nor does a stop.
  void run(const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
      try {
        so_far_ = {};
        so_far_ = scan(path);
        add(found_.totals, so_far_);
      } catch (const Error& error) {
        add(found_.totals, so_far_);
        take_failure(error);
      }
    }
  }

 private:
  ScanTotals scan(const std::string& path) {
    const apikey::ScanEvents events{
        .found = [this](const auto& place,
                        const apikey::FoundKey& key) { found_.leaks.add(place, key); },
        .unread =
            [this](const std::filesystem::path& place, const std::string& why) {
              context_.progress().say(fmt::format("not read: {}: {}", shown(place.native()), why));
            },
        .progress = [this](const ScanTotals& totals) { tell_progress(totals); }};
    Interrupt& interrupt = context_.interrupt();
    if (path != "-") return apikey::scan_path(path, events, &interrupt);
    return apikey::scan_open_file(STDIN_FILENO, "standard input", events, &interrupt);
  }

  void take_failure(const Error& error) {
    if (is_stop(error)) {
      throw Error{error.code(), "stopped before everything was searched",
                  "What was found until then is shown; nothing was revoked. Run it again."};
    }
    const bool is_of_path = error.code() == ErrorCode::not_found ||
                            error.code() == ErrorCode::permission || error.code() == ErrorCode::io;
    if (!is_of_path) throw Error{error};
    if (found_.failure) context_.progress().say(error.what());
    if (!found_.failure) found_.failure = error;
  }

  void tell_progress(const ScanTotals& totals) {
    so_far_ = totals;
    const auto now = context_.clock().steady_now();
    if (now - told_ < kBetweenStatus) return;
    told_ = now;
    ScanTotals all = found_.totals;
    add(all, totals);
    const auto places = counted(static_cast<long long>(all.keys), "place");
    const auto files = counted(static_cast<long long>(all.files), "file");
    Document figures = Document::object();
    figures.set("files", static_cast<std::int64_t>(all.files));
    figures.set("bytes", static_cast<std::int64_t>(all.bytes));
    figures.set("places", static_cast<std::int64_t>(all.keys));
    context_.progress().status(
        fmt::format("searched {} and {} MB, keys at {}", files, all.bytes / 1'000'000, places),
        figures);
  }

  Context& context_;
  Search& found_;
  ScanTotals so_far_;  // of the path at hand
  std::chrono::steady_clock::time_point told_{};
};

// --- revoking

using Ids = std::set<std::string>;

// As `apikey revoke` writes it, and where each was found.
db::Deed revoke_deed(const Leaks& leaks, const Ids& revoked) {
  Document ids = Document::array();
  for (const std::string& id : revoked) ids.add(id);
  Document places = Document::object();
  const auto by_key = leaks.places_by_key(kJournalPlacesMax);
  for (std::size_t i = 0; i < leaks.keys().size(); ++i) {
    const Leak& leak = leaks.keys()[i];
    if (!leak.ours || !revoked.contains(leak.ours->id)) continue;
    Document list = Document::array();
    for (const std::size_t place : by_key[i]) list.add(shown(to_string(leaks.places()[place])));
    places.set(leak.ours->id, std::move(list));
  }
  Document details = Document::object();
  details.set("count", static_cast<std::int64_t>(revoked.size()));
  details.set("keys", std::move(ids));
  details.set("places", std::move(places));
  return {"apikey.revoke", revoked.size() == 1 ? *revoked.begin() : "", std::move(details)};
}

std::vector<std::string> consequences_of(const Leaks& leaks, const Ids& ids) {
  std::vector<std::string> lines;
  for (const Leak& leak : leaks.keys()) {
    if (!leak.ours || !ids.contains(leak.ours->id)) continue;
    if (lines.size() == kNamedMax) {
      lines.push_back(fmt::format("and {} more", ids.size() - kNamedMax));
      break;
    }
    lines.push_back(fmt::format("{} {}{}", leak.ours->id, escape_controls(leak.ours->name),
                                leak.ours->owner ? ", " + escape_controls(*leak.ours->owner) : ""));
  }
  lines.push_back(fmt::format("{} will be refused from now on, for good",
                              counted(static_cast<long long>(ids.size()), "key")));
  return lines;
}

std::string reason_of(Context& context) {
  const std::string& given = context.actor().reason;
  return given.empty() ? "found by pcx apikey scan" : given;
}

// Those that are not revoked still, once it was asked: somebody may have revoked one meanwhile.
Ids revoke(Context& context, const Values& values, Owners& owners, const Leaks& leaks,
           const Ids& ids) {
  const auto question =
      fmt::format("Revoke {}?", counted(static_cast<long long>(ids.size()), "key"));
  context.confirm(values, question, consequences_of(leaks, ids));
  db::Transaction tx = owners.database().begin();
  const auto now_revoked =
      apikey::revoke_keys(tx, {ids.begin(), ids.end()}, doer(context), reason_of(context));
  const Ids revoked{now_revoked.begin(), now_revoked.end()};
  if (!revoked.empty()) record(context, tx, revoke_deed(leaks, revoked));
  tx.commit();
  const std::string left = mark_revoked(context, owners.database(), now_revoked);
  if (!left.empty()) context.progress().say(left);
  return revoked;
}

// --- showing

struct Deeds {
  bool is_checked = false;
  bool is_revoking = false;
  bool is_dry_run = false;
  std::int64_t plain_rows = 0;
  Ids ids;   // that are revoked now, or would be
  Ids gone;  // with those that somebody else revoked meanwhile
};

std::vector<Column> columns_of(const Deeds& deeds) {
  std::vector<Column> columns = {{"place", "PLACE"}, {"kind", "KIND"}, {"id", "ID"}};
  if (deeds.is_checked) {
    columns.push_back({"standing", "STANDING"});
    columns.push_back({"name", "NAME"});
    columns.push_back({"owner", "OWNER"});
  }
  if (deeds.is_revoking) columns.push_back({"deed", "DEED"});
  return columns;
}

std::string standing_text(const Leak& leak, const Deeds& deeds, Time now) {
  if (!leak.ours) return "not ours";
  if (deeds.gone.contains(leak.ours->id)) return to_string(apikey::Standing::revoked);
  return to_string(standing_of(*leak.ours, now));
}

std::vector<Cell> row_of(const apikey::LeakPlace& place, const Leak& leak, const Deeds& deeds,
                         Time now) {
  std::vector<Cell> row = {shown(to_string(place)), std::string{to_string(leak.kind)}, leak.id};
  if (deeds.is_checked) {
    row.push_back(standing_text(leak, deeds, now));
    row.push_back(leak.ours ? Cell{escape_controls(leak.ours->name)} : Cell{});
    const bool has_owner = leak.ours && leak.ours->owner;
    row.push_back(has_owner ? Cell{escape_controls(*leak.ours->owner)} : Cell{});
  }
  if (deeds.is_revoking) {
    const bool is_done = leak.ours && deeds.ids.contains(leak.ours->id);
    const std::string word = deeds.is_dry_run ? "would be revoked" : "revoked";
    row.push_back(is_done ? Cell{word} : Cell{});
  }
  return row;
}

long long number_of(std::uint64_t count) { return static_cast<long long>(count); }

std::string found_text(const Leaks& leaks) {
  if (leaks.keys().empty()) return "No key was found";
  const std::uint64_t places = leaks.places().size() + leaks.places_left_out();
  return fmt::format("{} at {}", counted(number_of(leaks.keys().size()), "key"),
                     counted(number_of(places), "place"));
}

std::string summary_of(const Search& found, const Deeds& deeds) {
  std::string text = fmt::format("{}; {} searched.", found_text(found.leaks),
                                 counted(number_of(found.totals.files), "file"));
  if (deeds.is_revoking && !found.leaks.keys().empty()) {
    text += fmt::format(" {} {} revoked.", counted(number_of(deeds.ids.size()), "key"),
                        deeds.is_dry_run ? "would be" : (deeds.ids.size() == 1 ? "is" : "are"));
  }
  if (found.totals.unread > 0) {
    text += fmt::format(" {} could not be read: see standard error.",
                        counted(number_of(found.totals.unread), "file"));
  }
  if (found.totals.skipped > 0) {
    text += fmt::format(" {} left out: links, pipes, devices.",
                        counted(number_of(found.totals.skipped), "entry"));
  }
  if (deeds.plain_rows > 0) {
    text +=
        fmt::format(" Not compared: {} of api_keys in plain.", counted(deeds.plain_rows, "key"));
  }
  return text;
}

// In every format, and never in silence.
Error too_many(const Leaks& leaks) {
  Error error{ErrorCode::unknown,
              fmt::format("more than {} different keys were found: what {} more hold was neither "
                          "listed nor compared",
                          leaks.keys().size(), counted(number_of(leaks.keys_left_out()), "place")),
              "Scan parts of it one by one."};
  return error.because("too_many");
}

// What is revoked is dealt with; a key that is not ours is still one that leaked.
bool is_left_over(const Leaks& leaks, const Deeds& deeds) {
  if (!deeds.is_revoking || deeds.is_dry_run) return !leaks.keys().empty();
  return std::ranges::any_of(leaks.keys(), [&](const Leak& leak) {
    return !leak.ours || (!leak.ours->revoked && !deeds.gone.contains(leak.ours->id));
  });
}

Finding finding_of(const Search& found, const Deeds& deeds) {
  if (is_left_over(found.leaks, deeds)) return Finding::warning;
  return found.totals.unread > 0 ? Finding::unknown : Finding::ok;
}

Outcome show(Context& context, Search& found, const Deeds& deeds) {
  const Time now = context.clock().wall_now();
  View view{.columns = columns_of(deeds), .rows = {}, .summary = {}};
  for (const auto& place : found.leaks.places()) {
    view.rows.push_back(row_of(place, found.leaks.keys()[place.leak], deeds, now));
  }
  view.summary = summary_of(found, deeds);
  if (found.leaks.places_left_out() > 0) {
    context.progress().say(fmt::format("{} more of these keys are not listed",
                                       counted(number_of(found.leaks.places_left_out()), "place")));
  }
  if (!found.failure && found.leaks.keys_left_out() > 0) found.failure = too_many(found.leaks);
  return {std::move(view), finding_of(found, deeds), found.failure};
}

// Whose they are, and away with them, step by step: what is done stands in `deeds`.
void deal_with(Context& context, const Values& values, Search& found, Deeds& deeds) {
  Owners owners{context, values};
  found.leaks.ask([&](std::string_view key) {
    context.interrupt().throw_if_requested();
    return owners.find(key);
  });
  deeds.is_checked = true;
  deeds.plain_rows = owners.plain_rows();
  if (!values.flag("--revoke")) return;
  const auto wanted = apikey::revocable(found.leaks);
  const Ids ids{wanted.begin(), wanted.end()};
  if (deeds.is_dry_run || ids.empty()) {
    deeds.ids = ids;
  } else {
    context.interrupt().throw_if_requested();
    deeds.ids = revoke(context, values, owners, found.leaks, ids);
    deeds.gone = ids;
  }
  deeds.is_revoking = true;
}

// What was found is shown, whatever becomes of the rest.
Outcome run_scan(Context& context, const Values& values) {
  const bool wants_owners = values.flag("--check") || values.flag("--revoke");
  Deeds deeds{.is_dry_run = values.flag("--dry-run")};
  if (deeds.is_dry_run && !values.flag("--revoke")) {
    throw Error{ErrorCode::usage, "option --dry-run needs --revoke",
                "Without it nothing is changed."};
  }
  Search found{.leaks = Leaks{wants_owners}, .totals = {}, .failure = {}};
  try {
    Searching{context, found}.run(values.texts("PATH"));
    if (wants_owners) deal_with(context, values, found, deeds);
  } catch (const Error& error) {
    if (found.failure) context.progress().say(found.failure->what());
    found.failure = error;
  }
  context.progress().clear();
  return show(context, found, deeds);
}

}  // namespace

std::vector<Cmd> apikey_scan_commands() {
  return {
      {.path = "apikey scan",
       .summary = "Find leaked API keys in files, folders and pipes",
       .detail =
           "Every regular file is read, whatever its name. A key is known by its prefix, lengths "
           "and checksum, whatever stands around it; the key itself is not shown. Links below a "
           "folder are not followed. What is compressed or encoded is not seen: give what `git log "
           "--all -p` or `zcat` prints to 'pcx apikey scan -'.\n\n--check asks the database whose "
           "each key is, by the digest of the whole key: anybody can make up a key with another "
           "one's id and a right checksum. --revoke revokes those that are ours, each once, and no "
           "other; those that are expired, rotated or switched off, too, since they may be "
           "switched on again. It asks before, and wants no terminal for what it reads. The "
           "database is asked once everything was searched; what was found is shown also when "
           "that fails.\n\nFiles that cannot be read are named on standard error. Up to 100,000 "
           "different keys are taken, and all of them are compared; beyond 100,000 places only "
           "the first five of a key are listed, and the others counted.",
       .options = {{.name = "--check",
                    .type = Type::flag,
                    .help = "ask the database whose each key is, and whether it is taken"},
                   {.name = "--revoke",
                    .type = Type::flag,
                    .help = "revoke those that are ours; implies --check"},
                   {.name = "--dry-run",
                    .type = Type::flag,
                    .help = "with --revoke: show what would be revoked"},
                   kek_option()},
       .arguments = {{.name = "PATH",
                      .help = "file or folder; -: standard input",
                      .type = Type::file,
                      .repeated = true}},
       .examples = {{"pcx apikey scan .", "before a commit: exit status 1 when a key is there"},
                    {"git log --all -p | pcx apikey scan - --check", "the history, too"},
                    {"pcx apikey scan /var/log/app --revoke --reason \"in the logs\"",
                     "the first thing to do when keys leaked"}},
       .exits =
           {{0,
             "no key was found, and everything was read; with --revoke: all that were found are "
             "ours, and revoked now"},
            {1,
             "with --dry-run: keys were found; without: the same, and with --revoke some of them "
             "are "
             "not ours; or the question was answered with no"},
            {3,
             "nothing to report, but something could not be read; or there were more than 100,000 "
             "different keys (reason too_many)"},
            {66, "a PATH does not exist; with --check: no keyring, pepper or table api_keys"},
            {77, "a PATH may not be read; or the role may not read or revoke"},
            {80, "the keyring was changed without pcx, or no key-encryption key fits"},
            {130, "interrupted; what was found until then is shown"}},
       .needs = Needs::config,
       .mutating = true,
       .mutating_with = "--revoke",
       .destructive = true,
       .run = run_scan}};
}

}  // namespace pcx::cli
