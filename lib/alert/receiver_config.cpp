#include "alert/receiver_config.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include <fmt/format.h>

#include "alert/mail_message.h"
#include "core/duration.h"
#include "core/file.h"
#include "core/text.h"
#include "http/url.h"

namespace pcx::alert {
namespace {

using std::chrono::milliseconds;

struct KindRow {
  const char* name;
  ReceiverKind kind;
  int calls_per_minute_max;
  // Keys that say something for it, beside those of every kind.
  std::set<std::string_view> keys;
};

const std::array<KindRow, 7>& kinds() {
  static const std::array<KindRow, 7> all{{
      {"pagerduty",
       ReceiverKind::pagerduty,
       100,
       {"url", "secret_file", "secret_variable", "ca_file", "client", "client_url", "source"}},
      {"alertmanager",
       ReceiverKind::alertmanager,
       0,
       {"url", "secret_file", "secret_variable", "ca_file", "client_url", "interval"}},
      {"slack", ReceiverKind::slack, 50, {"secret_file", "secret_variable", "ca_file"}},
      {"webhook",
       ReceiverKind::webhook,
       0,
       {"url", "url_file", "secret_file", "secret_variable", "ca_file"}},
      {"email", ReceiverKind::email, 60, {"command", "to", "from"}},
      {"exec", ReceiverKind::exec, 0, {"command"}},
      {"stdout", ReceiverKind::standard_output, 0, {}},
  }};
  return all;
}

constexpr std::array<std::string_view, 6> kForAll{"kind",   "timeout",  "calls_per_minute_max",
                                                  "repeat", "group_by", "default"};

[[noreturn]] void refuse(const Location& place, const std::string& message,
                         const std::string& hint) {
  throw Error{ErrorCode::config, message, hint}.at(place);
}

std::vector<std::string> kind_names() {
  std::vector<std::string> names;
  for (const KindRow& row : kinds()) names.emplace_back(row.name);
  return names;
}

bool is_receiver_name(std::string_view name) {
  return !name.empty() && name.size() <= 63 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

// One receiver's map, its keys by their kinds of values.
class Reader {
 public:
  Reader(const std::string& name, const YamlNode& map, Location place)
      : name_(name), map_(map), place_(std::move(place)) {}

  const Location& place() const { return place_; }

  bool has(std::string_view key) const {
    const YamlNode* const node = map_.find(key);
    return node != nullptr && node->kind != YamlNode::Kind::null;
  }

  [[noreturn]] void refuse_value(std::string_view key, std::string_view phrase,
                                 const std::string& hint = {}) const {
    const YamlNode* const node = map_.find(key);
    refuse(node == nullptr ? place_ : node->place,
           fmt::format("receiver {}: {} {}", name_, key, phrase), hint);
  }

  std::string text(std::string_view key, std::string otherwise = {}) const {
    if (!has(key)) return otherwise;
    const YamlNode& node = *map_.find(key);
    if (node.kind != YamlNode::Kind::scalar || trim(node.text).empty()) {
      refuse_value(key, "is not a text");
    }
    if (escape_controls(node.text) != node.text) refuse_value(key, "has control characters");
    return std::string{trim(node.text)};
  }

  // A value alone is a list of one.
  std::vector<std::string> list(std::string_view key) const {
    if (!has(key)) return {};
    const YamlNode& node = *map_.find(key);
    if (node.kind == YamlNode::Kind::scalar) return {text(key)};
    std::vector<std::string> all;
    for (const YamlNode& item : node.items) {
      if (item.kind != YamlNode::Kind::scalar || item.text.empty()) {
        refuse_value(key, "is not a list of texts");
      }
      all.push_back(item.text);
    }
    return all;
  }

  milliseconds duration(std::string_view key, milliseconds otherwise) const {
    if (!has(key)) return otherwise;
    const auto found = parse_duration(text(key));
    if (!found) refuse_value(key, "is no duration", "Write a number and a unit: 30s, 5m, 4h.");
    return *found;
  }

  bool flag(std::string_view key) const {
    const std::string word = text(key, "false");
    if (word != "true" && word != "false") refuse_value(key, "is neither true nor false");
    return word == "true";
  }

  int number(std::string_view key, int otherwise) const {
    if (!has(key)) return otherwise;
    const std::string digits = text(key);
    int number = 0;
    const char* const end = digits.data() + digits.size();
    const auto [stopped, failed] = std::from_chars(digits.data(), end, number);
    if (failed != std::errc{} || stopped != end || number < 0) {
      refuse_value(key, "is no whole number from 0");
    }
    return number;
  }

  // Without a slash at its end where `is_base`.
  std::string url(std::string_view key, std::string otherwise, bool is_base) const {
    std::string url = text(key, std::move(otherwise));
    if (url.empty()) return url;
    try {
      const http::Url parsed = http::parse_url(url);
      if (is_base && parsed.target.find('?') != std::string::npos) {
        refuse_value(key, "has a query", "Name the receiver without one.");
      }
    } catch (const Error& error) {
      if (error.code() == ErrorCode::config) throw;
      refuse_value(key, fmt::format("is no URL: {}", error.what()), error.hint());
    }
    while (is_base && url.ends_with('/')) url.pop_back();
    return url;
  }

  const KindRow& kind() const {
    if (!has("kind")) {
      refuse(place_, fmt::format("receiver {} has no kind", name_),
             fmt::format("Add kind: one of {}.", join(kind_names(), ", ")));
    }
    const std::string word = text("kind");
    const auto found =
        std::ranges::find_if(kinds(), [&](const KindRow& row) { return row.name == word; });
    if (found != kinds().end()) return *found;
    const auto near = nearest(word, kind_names());
    refuse_value("kind", fmt::format("\"{}\" is none", word),
                 near ? fmt::format("Did you mean \"{}\"?", *near)
                      : fmt::format("Kinds are {}.", join(kind_names(), ", ")));
  }

  // A key that says nothing for the kind is a misunderstanding.
  void require_fit(const KindRow& row) const {
    for (std::size_t i = 0; i < map_.members.size(); ++i) {
      const std::string& key = map_.members[i].first;
      const bool is_for_all = std::ranges::find(kForAll, key) != kForAll.end();
      if (is_for_all || row.keys.contains(key)) continue;
      refuse(map_.key_places[i],
             fmt::format("receiver {}: {} does not go with kind {}", name_, key, row.name),
             "Remove it.");
    }
  }

 private:
  const std::string& name_;
  const YamlNode& map_;
  Location place_;
};

void read_secret_place(const Reader& reader, ReceiverConfig& receiver) {
  receiver.secret_file = reader.text("secret_file");
  receiver.secret_variable = reader.text("secret_variable");
  if (!receiver.secret_file.empty() && !receiver.secret_variable.empty()) {
    reader.refuse_value("secret_variable", "does not go with secret_file", "Remove one of them.");
  }
  const bool is_named = !receiver.secret_file.empty() || !receiver.secret_variable.empty();
  if (receiver.kind == ReceiverKind::pagerduty && !is_named) {
    receiver.secret_variable = kPagerDutyVariable;
  }
  if (receiver.kind == ReceiverKind::slack && !is_named) {
    reader.refuse_value("secret_file", "is missing",
                        "Name a file that holds the incoming webhook's URL, or a variable with "
                        "secret_variable.");
  }
}

void read_urls(const Reader& reader, ReceiverConfig& receiver) {
  const bool is_pagerduty = receiver.kind == ReceiverKind::pagerduty;
  const bool is_webhook = receiver.kind == ReceiverKind::webhook;
  receiver.url =
      reader.url("url", is_pagerduty ? std::string{kPagerDutyUrl} : std::string{}, !is_webhook);
  receiver.url_file = reader.text("url_file");
  receiver.client_url = reader.url("client_url", {}, false);
  if (!receiver.url.empty() && !receiver.url_file.empty()) {
    reader.refuse_value("url_file", "does not go with url", "Remove one of them.");
  }
  const bool needs_url = is_webhook || receiver.kind == ReceiverKind::alertmanager;
  if (needs_url && receiver.url.empty() && receiver.url_file.empty()) {
    reader.refuse_value("url", "is missing",
                        is_webhook ? "Add it, or a file that holds it with url_file." : "Add it.");
  }
}

void read_command(const Reader& reader, const Config& config, ReceiverConfig& receiver) {
  const bool is_email = receiver.kind == ReceiverKind::email;
  if (!is_email && receiver.kind != ReceiverKind::exec) return;
  receiver.command = reader.list("command");
  if (receiver.command.empty() && is_email) receiver.command = {std::string{kSendmail}};
  if (receiver.command.empty()) {
    reader.refuse_value("command", "is missing", "Add the program with its arguments, as a list.");
  }
  if (!receiver.command.front().starts_with('/')) {
    reader.refuse_value("command", "begins with no absolute path",
                        "Programs are not searched for: write where it is.");
  }
  if (!reader.has("command") || is_trusted(config.path())) return;
  throw Error{ErrorCode::permission,
              fmt::format("{} names a command and can be changed by others",
                          escape_controls(config.path().native())),
              "The file and its folder must belong to root or to this user, and nobody else may "
              "write to them."}
      .at(reader.place());
}

void read_mail(const Reader& reader, ReceiverConfig& receiver) {
  if (receiver.kind != ReceiverKind::email) return;
  receiver.to = reader.list("to");
  receiver.from = reader.text("from");
  if (receiver.to.empty()) reader.refuse_value("to", "is missing", "Add who gets the mails.");
  for (const std::string& address : receiver.to) {
    if (is_mail_address(address)) continue;
    reader.refuse_value("to",
                        fmt::format("has \"{}\", which is no address", escape_controls(address)),
                        "Write addresses alone, without names: ops@example.org.");
  }
  if (!receiver.from.empty() && !is_mail_address(receiver.from)) {
    reader.refuse_value("from", "is no address", "Write it alone, without a name.");
  }
}

void read_route(const Reader& reader, const std::string& name, ReceiverConfig& receiver) {
  receiver.route = {.receiver = name,
                    .group_by = reader.list("group_by"),
                    .repeat = reader.duration("repeat", milliseconds{0}),
                    .is_default = reader.flag("default"),
                    .is_resent_always = receiver.kind == ReceiverKind::alertmanager};
  for (const std::string& label : receiver.route.group_by) {
    if (is_label_name(label)) continue;
    reader.refuse_value(
        "group_by", fmt::format("has \"{}\", which is no label's name", escape_controls(label)));
  }
}

void read_times(const Reader& reader, const KindRow& row, ReceiverConfig& receiver) {
  receiver.timeout = reader.duration("timeout", receiver.timeout);
  receiver.interval = reader.duration("interval", receiver.interval);
  receiver.calls_per_minute_max = reader.number("calls_per_minute_max", row.calls_per_minute_max);
  for (const char* key : {"timeout", "interval"}) {
    if (reader.duration(key, milliseconds{1}).count() == 0) reader.refuse_value(key, "is 0");
  }
}

ReceiverConfig read_receiver(const Config& config, const std::string& name, const YamlNode& map,
                             const Location& place) {
  if (!is_receiver_name(name)) {
    refuse(place, fmt::format("\"{}\" is no name of a receiver", escape_controls(name)),
           "Names are letters, digits, '_' and '-', 63 at most.");
  }
  const Reader reader{name, map, place};
  const KindRow& row = reader.kind();
  reader.require_fit(row);
  ReceiverConfig receiver{.name = name, .kind = row.kind, .place = place};
  read_secret_place(reader, receiver);
  read_urls(reader, receiver);
  read_command(reader, config, receiver);
  read_mail(reader, receiver);
  read_route(reader, name, receiver);
  read_times(reader, row, receiver);
  receiver.ca_file = reader.text("ca_file");
  receiver.client = reader.text("client", receiver.client);
  receiver.source = reader.text("source");
  return receiver;
}

}  // namespace

const char* to_string(ReceiverKind kind) noexcept {
  for (const KindRow& row : kinds()) {
    if (row.kind == kind) return row.name;
  }
  return "unknown";
}

std::vector<ConfigKey> receiver_config_keys() {
  return {
      {"alert.receivers.*.kind", "pagerduty, alertmanager, slack, webhook, email, exec or stdout"},
      {"alert.receivers.*.url", "where it is; pagerduty: another one than PagerDuty's own"},
      {"alert.receivers.*.url_file", "webhook: a file that holds the URL, which is a secret"},
      {"alert.receivers.*.secret_file",
       "routing key, Slack's URL, key of signatures or Authorization, in a file of mode 0600"},
      {"alert.receivers.*.secret_variable", "the variable that holds it instead"},
      {"alert.receivers.*.ca_file", "trusted certificate authorities, instead of the system's"},
      {"alert.receivers.*.command", "exec: program and arguments; email: sendmail's"},
      {"alert.receivers.*.to", "email: addresses"},
      {"alert.receivers.*.from", "email: the sender's address"},
      {"alert.receivers.*.client", "pagerduty: who reports; default pcx"},
      {"alert.receivers.*.client_url", "pagerduty, alertmanager: a link to who reports"},
      {"alert.receivers.*.source", "pagerduty: what it is about; default the host's name"},
      {"alert.receivers.*.timeout", "of one attempt; default 10s"},
      {"alert.receivers.*.interval", "alertmanager: how often pcx alert check runs; default 5m"},
      {"alert.receivers.*.calls_per_minute_max",
       "0: no limit; default 100 (pagerduty), 50 (slack), 60 (email), else 0"},
      {"alert.receivers.*.repeat", "told again after so long; default 0s, never"},
      {"alert.receivers.*.group_by", "labels: one incident for each of their values"},
      {"alert.receivers.*.default", "true: takes alerts of rules that name no receivers"},
  };
}

std::vector<ReceiverConfig> read_receivers(const Config& config) {
  const YamlNode* const section = config.find("alert.receivers");
  std::vector<ReceiverConfig> receivers;
  if (section == nullptr) return receivers;
  for (std::size_t i = 0; i < section->members.size(); ++i) {
    receivers.push_back(read_receiver(config, section->members[i].first, section->members[i].second,
                                      section->key_places[i]));
  }
  return receivers;
}

}  // namespace pcx::alert
