#include "load/script_body.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/file.h"
#include "core/json.h"
#include "core/text.h"
#include "load/script_tree.h"
#include "load/variable_path.h"

namespace pcx::load {

namespace {

using Members = std::vector<const std::pair<std::string, YamlNode>*>;

bool is_template(const std::string& name) { return name.find("{{") != std::string::npos; }

// JavaScript's objects have members whose names are array indices first, by size; Artillery puts
// those with rendered names behind the others.
Members in_javascript_order(const YamlNode& map) {
  const auto index_of = [](const auto* member) {
    return parse_variable_path("[" + member->first + "]").front().index;
  };
  Members members;
  for (const auto& member : map.members) members.push_back(&member);
  std::ranges::stable_sort(members, [&](const auto* a, const auto* b) {
    const long left = index_of(a);
    const long right = index_of(b);
    if (left >= 0 && right >= 0) return left < right;
    if (left >= 0 || right >= 0) return left >= 0;
    return !is_template(a->first) && is_template(b->first);
  });
  return members;
}

class JsonBuilder {
 public:
  explicit JsonBuilder(Reading& reading) : reading_(reading) {}

  JsonTemplate build(const YamlNode& node) {
    value(node, "");
    if (!raw_.empty() || made_.pieces.empty()) made_.pieces.push_back({std::move(raw_)});
    return std::move(made_);
  }

 private:
  // `member` is `,"name":` of the member whose value it is.
  void value(const YamlNode& node, const std::string& member) {
    if (is_list(node)) {
      raw_ += member;
      list(node);
    } else if (is_map(node)) {
      raw_ += member;
      object(node);
    } else if (node.kind == YamlNode::Kind::null || !scalar_of(node).text()) {
      raw_ += member;
      Value::of(scalar_of(node)).append_json(raw_);
      read_template(reading_, node);  // for what it says of the number
    } else {
      text(read_template(reading_, node), member);
    }
  }

  void text(Template made, const std::string& member) {
    if (const std::string* literal = made.literal()) {
      raw_ += member + to_json(*literal);
    } else if (made.only_variable() != nullptr) {
      put({std::move(raw_), member, std::move(made)});
    } else {
      raw_ += member;
      put({std::move(raw_), "", std::move(made)});
    }
  }

  void list(const YamlNode& node) {
    raw_ += '[';
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      if (i > 0) raw_ += ',';
      value(node.items[i], "");
    }
    raw_ += ']';
  }

  void object(const YamlNode& node) {
    raw_ += '{';
    const char* comma = "";
    for (const auto* member : in_javascript_order(node)) {
      if (is_template(member->first)) {
        raw_ += comma;
        key(member->first, member->second.place);
        value(member->second, "");
      } else {
        value(member->second, comma + to_json(member->first) + ":");
      }
      comma = ",";
    }
    raw_ += '}';
  }

  void key(const std::string& name, const Location& place) {
    Template made = read_template(reading_, name, place);
    if (const std::string* literal = made.literal()) {
      raw_ += to_json(*literal);
    } else {
      put({std::move(raw_), "", std::move(made), true});
    }
    raw_ += ':';
  }

  void put(JsonTemplate::Piece piece) {
    made_.pieces.push_back(std::move(piece));
    raw_.clear();
  }

  Reading& reading_;
  std::string raw_;
  JsonTemplate made_;
};

void add_content_type(Request& request, const char* type) {
  const bool has_one = std::ranges::any_of(
      request.headers, [](const HeaderTemplate& header) { return header.name == "content-type"; });
  if (!has_one) request.headers.push_back({"content-type", Template{{std::string{type}}}});
}

bool is_truthy(const YamlNode& node) {
  return is_list(node) || is_map(node) || Value::of(scalar_of(node)).is_truthy();
}

FormBody read_form(Reading& reading, const YamlNode& node) {
  FormBody made;
  if (!require_map(reading, node, "form")) return made;
  for (const auto& [name, value] : node.members) {
    if (!is_list(value)) {
      made.fields.emplace_back(name, read_template(reading, value));
      continue;
    }
    Template all;  // a list is its elements with commas between, as String(list) has it
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      if (i > 0) all.segments.emplace_back(std::string{","});
      Template item = read_template(reading, value.items[i]);
      std::ranges::move(item.segments, std::back_inserter(all.segments));
    }
    made.fields.emplace_back(name, std::move(all));
  }
  return made;
}

// --- multipart/form-data

struct FileType {
  std::string_view extension, type;
};
constexpr FileType kFileTypes[] = {
    {".csv", "text/csv"},        {".gif", "image/gif"},   {".html", "text/html"},
    {".jpeg", "image/jpeg"},     {".jpg", "image/jpeg"},  {".json", "application/json"},
    {".pdf", "application/pdf"}, {".png", "image/png"},   {".svg", "image/svg+xml"},
    {".txt", "text/plain"},      {".webp", "image/webp"}, {".xml", "application/xml"},
    {".zip", "application/zip"},
};

std::string type_of(const std::filesystem::path& file) {
  const std::string extension = file.extension().native();
  const auto* found = std::ranges::find(kFileTypes, extension, &FileType::extension);
  return std::string{found != std::end(kFileTypes) ? found->type : "application/octet-stream"};
}

bool read_part_file(Reading& reading, const YamlNode& node, MultipartBody::Part& part) {
  const auto name = read_text(reading, node, "fromFile");
  if (!name) return false;
  const auto path = reading.file.parent_path() / *name;
  try {
    std::string bytes = read_file(path);
    reading.digest_text.append("\n").append(bytes);
    part.value.segments.emplace_back(std::move(bytes));
  } catch (const Error& error) {
    reading.faults.refuse("missing_file", node.place, error.what(),
                          "Paths begin at the script's folder.");
    return false;
  }
  part.filename = path.filename().native();
  part.content_type = type_of(path);
  return true;
}

MultipartBody read_multipart(Reading& reading, const YamlNode& node) {
  MultipartBody made;
  if (!require_map(reading, node, "formData")) return made;
  for (const auto& [name, value] : node.members) {
    MultipartBody::Part part{.name = name};
    const YamlNode* file = is_map(value) ? find_value(value, "fromFile") : nullptr;
    const YamlNode* text = is_map(value) ? find_value(value, "value") : &value;
    if (file != nullptr && !read_part_file(reading, *file, part)) continue;
    if (file == nullptr && text != nullptr) part.value = read_template(reading, *text);
    if (file == nullptr && text == nullptr) part.value = read_template(reading, value);
    const YamlNode* type = is_map(value) ? find_value(value, "contentType") : nullptr;
    if (type != nullptr) part.content_type = type->text;
    made.parts.push_back(std::move(part));
  }
  return made;
}

void read_text_body(Reading& reading, const YamlNode& node, Request& request) {
  if (is_list(node) || is_map(node)) {
    return reading.faults.refuse("body_not_text", node.place, "body is a text, and this is none",
                                 "Write `json:` instead of `body:`.");
  }
  request.body = TextBody{read_template(reading, node)};
}

void check_number_of_bodies(Reading& reading, const YamlNode& spec) {
  std::vector<std::string> bodies;
  for (const char* key : {"json", "body", "form", "formData"}) {
    if (find_value(spec, key) != nullptr) bodies.emplace_back(key);
  }
  if (bodies.size() < 2) return;
  reading.faults.fault("two_bodies", place_of_key(spec, bodies[1]),
                       fmt::format("a request with {}", join(bodies, " and ")),
                       "Only one of them is sent; remove the others.");
}

}  // namespace

JsonTemplate read_json_template(Reading& reading, const YamlNode& node) {
  return JsonBuilder{reading}.build(node);
}

void read_body(Reading& reading, const YamlNode& spec, Request& request) {
  check_number_of_bodies(reading, spec);
  const YamlNode* json = find_value(spec, "json");
  if (json != nullptr && is_truthy(*json)) {
    request.body = JsonBody{read_json_template(reading, *json)};
    add_content_type(request, "application/json");
  } else if (const YamlNode* form = find_value(spec, "form")) {
    request.body = read_form(reading, *form);
    add_content_type(request, "application/x-www-form-urlencoded");
  } else if (const YamlNode* parts = find_value(spec, "formData")) {
    request.body = read_multipart(reading, *parts);
  } else if (const YamlNode* body = find_value(spec, "body")) {
    read_text_body(reading, *body, request);
  }
  const bool has_body = !std::holds_alternative<NoBody>(request.body);
  if (!has_body || (request.method != "GET" && request.method != "HEAD")) return;
  reading.faults.fault(
      "body_on_get", request.place,
      fmt::format("a {} with a body, which Artillery does not send: each user fails",
                  request.method),
      "Use `qs:` for parameters, or another method.");
}

}  // namespace pcx::load
