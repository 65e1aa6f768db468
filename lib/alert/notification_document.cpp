// Notifications as JSON, as the outbox keeps them.
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "alert/notification.h"
#include "core/error.h"
#include "core/time.h"

namespace pcx::alert {
namespace {

constexpr std::array<Action, 3> kActions = {Action::trigger, Action::acknowledge, Action::resolve};

// --- written

Document labels_document(const Labels& labels) {
  Document object = Document::object();
  for (const auto& [name, value] : labels) object.set(name, value);
  return object;
}

// JSON has no word for these.
Document value_document(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return value;
}

// --- read

// An object that was stored, and how it is called.
class Stored {
 public:
  Stored(const Document& document, std::string path) : document_(document), path_(std::move(path)) {
    if (document.is_object()) return;
    throw Error{ErrorCode::data,
                path_.empty() ? "a stored notification is no object"
                              : fmt::format("'{}' of a stored notification is no object", path_)};
  }

  const std::string& text(const char* name) const {
    const std::string* const text = required(name).text();
    if (text == nullptr) refuse(name, "no text");
    return *text;
  }

  Time time(const char* name) const {
    const Document& field = required(name);
    const auto time = field.text() != nullptr ? parse_rfc3339(*field.text()) : std::nullopt;
    if (!time) refuse(name, "no time");
    return *time;
  }

  Severity severity(const char* name) const {
    const Document& field = required(name);
    const auto severity = field.text() != nullptr ? parse_severity(*field.text()) : std::nullopt;
    if (!severity) refuse(name, "no severity");
    return *severity;
  }

  Action action(const char* name) const {
    const std::string& word = text(name);
    for (const Action action : kActions) {
      if (word == to_string(action)) return action;
    }
    refuse(name, "no action");
  }

  double number(const char* name) const {
    const Document& field = required(name);
    if (const std::string* const word = field.text()) {
      if (*word == "NaN") return std::numeric_limits<double>::quiet_NaN();
      if (*word == "+Inf") return std::numeric_limits<double>::infinity();
      if (*word == "-Inf") return -std::numeric_limits<double>::infinity();
    } else if (field.is_scalar()) {
      const Cell& cell = field.scalar();
      if (const auto* const real = std::get_if<double>(&cell)) return *real;
      if (const auto* const whole = std::get_if<std::int64_t>(&cell)) {
        return static_cast<double>(*whole);
      }
      if (const auto* const decimal = std::get_if<Decimal>(&cell)) return real_of(name, *decimal);
    }
    refuse(name, "no number");
  }

  // Names as labels', of annotations, too.
  Labels labels(const char* name, bool may_be_empty) const {
    const Document& field = required(name);
    if (!field.is_object()) refuse(name, "no object");
    Labels labels;
    for (const auto& [label, value] : field.members()) {
      const std::string* const text = value.text();
      const bool is_fit =
          is_label_name(label) && text != nullptr && (may_be_empty || !text->empty());
      if (!is_fit || !labels.emplace(label, *text).second) refuse(name, "no set of labels");
    }
    return labels;
  }

  const Document::Array& items(const char* name) const {
    const Document& field = required(name);
    if (!field.is_array()) refuse(name, "no list");
    return field.items();
  }

  std::string path_of(const char* name) const { return path_.empty() ? name : path_ + "." + name; }

 private:
  const Document& required(const char* name) const {
    const Document* const field = document_.find(name);
    if (field == nullptr) {
      throw Error{ErrorCode::data, fmt::format("a stored notification has no '{}'", path_of(name))};
    }
    return *field;
  }

  // Whole numbers beyond 64 bits are read so.
  double real_of(const char* name, const Decimal& decimal) const {
    double value = 0;
    const char* const end = decimal.digits.data() + decimal.digits.size();
    const auto [rest, failure] = std::from_chars(decimal.digits.data(), end, value);
    if (failure != std::errc{} || rest != end) refuse(name, "no number");
    return value;
  }

  [[noreturn]] void refuse(const char* name, const char* what) const {
    throw Error{ErrorCode::data,
                fmt::format("'{}' of a stored notification is {}", path_of(name), what)};
  }

  const Document& document_;
  std::string path_;
};

Member read_member(const Stored& stored) {
  return {stored.text("alert_id"),        stored.text("rule"),
          stored.labels("labels", false), stored.labels("annotations", true),
          stored.number("value"),         stored.time("active_since"),
          stored.severity("severity")};
}

}  // namespace

Document to_document(const Member& member) {
  Document document = Document::object();
  document.set("alert_id", member.alert_id);
  document.set("rule", member.rule);
  document.set("labels", labels_document(member.labels));
  document.set("annotations", labels_document(member.annotations));
  document.set("value", value_document(member.value));
  document.set("active_since", to_rfc3339(member.active_since));
  document.set("severity", to_string(member.severity));
  return document;
}

Document to_document(const Notification& notification) {
  Document members = Document::array();
  for (const Member& member : notification.members) members.add(to_document(member));
  Document document = Document::object();
  document.set("action", to_string(notification.action));
  document.set("dedup_key", notification.dedup_key);
  document.set("severity", to_string(notification.severity));
  document.set("summary", notification.summary);
  document.set("members", std::move(members));
  document.set("at", to_rfc3339(notification.at));
  document.set("began_at", to_rfc3339(notification.began_at));
  document.set("why", notification.why);
  return document;
}

Member member_of(const Document& document) { return read_member(Stored{document, ""}); }

Notification notification_of(const Document& document) {
  const Stored stored{document, ""};
  Notification notification;
  notification.action = stored.action("action");
  notification.dedup_key = stored.text("dedup_key");
  notification.severity = stored.severity("severity");
  notification.summary = stored.text("summary");
  const Document::Array& members = stored.items("members");
  for (std::size_t i = 0; i < members.size(); ++i) {
    notification.members.push_back(
        read_member(Stored{members[i], fmt::format("{}[{}]", stored.path_of("members"), i)}));
  }
  notification.at = stored.time("at");
  notification.began_at = stored.time("began_at");
  notification.why = stored.text("why");
  return notification;
}

}  // namespace pcx::alert
