#include "apikey/transfer.h"

#include <limits>
#include <map>
#include <set>

#include <fmt/format.h>

#include "apikey/cidr.h"
#include "apikey/transfer_line.h"
#include "core/error.h"
#include "core/json.h"
#include "core/text.h"
#include "core/time.h"
#include "crypto/encoding.h"
#include "keyring/wrapped_key.h"

namespace pcx::apikey {

namespace {

constexpr std::int64_t kIntegerMax = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kIntegerMin = std::numeric_limits<std::int32_t>::min();
constexpr std::string_view kRow = "row";

// --- written

Document time_of(Time time) { return to_rfc3339_us(time); }

Document time_or_null(const std::optional<Time>& time) {
  return time ? time_of(*time) : Document{};
}

Document text_or_null(const std::optional<std::string>& text) {
  return text ? Document{*text} : Document{};
}

Document texts_of(const std::vector<std::string>& texts) {
  Document list = Document::array();
  for (const std::string& text : texts) list.add(text);
  return list;
}

Document row_of(const TransferKey& transfer) {
  const Key& key = transfer.key;
  Document row = Document::object();
  row.set("name", key.name);
  row.set("permissions", transfer.has_permissions ? texts_of(key.scopes) : Document{});
  row.set("rateLimit", key.rate ? Document{*key.rate} : Document{});
  row.set("status", key.status);
  row.set("expiresAt", time_or_null(key.expires_at));
  row.set("lastUsedAt", time_or_null(key.last_used_at));
  row.set("createdAt", time_or_null(transfer.row_created_at));
  row.set("updatedAt", time_or_null(transfer.row_updated_at));
  return row;
}

Document heading_of(const Transfer& transfer) {
  Document peppers = Document::array();
  for (const TransferPepper& pepper : transfer.peppers) {
    Document one = Document::object();
    one.set("id", std::int64_t{pepper.id});
    one.set("check", crypto::to_hex(crypto::bytes_of(pepper.check)));
    peppers.add(std::move(one));
  }
  Document heading = Document::object();
  heading.set("pcx_apikeys", kTransferVersion);
  heading.set("written_at", time_of(transfer.written_at));
  heading.set("keys", static_cast<std::int64_t>(transfer.keys.size()));
  heading.set("peppers", std::move(peppers));
  return heading;
}

// --- read

TransferPepper pepper_in(const TransferLine& line) {
  return {static_cast<keyring::KeyId>(line.whole("id", 1, kIntegerMax)),
          line.hex("check", keyring::kKeyCheckBytes)};
}

std::vector<TransferPepper> peppers_in(const TransferLine& heading) {
  std::vector<TransferPepper> peppers;
  std::set<keyring::KeyId> ids;
  for (const TransferLine& part : heading.parts("peppers")) {
    peppers.push_back(pepper_in(part));
    if (!ids.insert(peppers.back().id).second) part.refuse("id", "is that of another pepper, too");
  }
  return peppers;
}

void require_version(const TransferLine& heading, const std::string& name) {
  if (heading.is_null("pcx_apikeys")) heading.refuse("pcx_apikeys", "is missing");
  const std::int64_t version =
      heading.whole("pcx_apikeys", 1, std::numeric_limits<std::int64_t>::max());
  if (version == kTransferVersion) return;
  throw Error{
      ErrorCode::data,
      fmt::format("the file has version {}, and this pcx reads {}", version, kTransferVersion),
      "Import it with the pcx that wrote it, or a newer one."}
      .at({name, heading.line(), 1})
      .because("version");
}

std::string id_in(const TransferLine& line, std::string_view member) {
  std::string id = line.text(member);
  if (!is_key_id(id)) line.refuse(member, "is no id of a key: ten letters and digits");
  return id;
}

Kind kind_in(const TransferLine& line) {
  const auto kind = kind_of(line.text("kind"));
  if (!kind) line.refuse("kind", "is none of live, test and adopted");
  return *kind;
}

std::vector<std::string> cidrs_in(const TransferLine& line) {
  auto cidrs = line.texts("cidrs");
  for (const std::string& text : cidrs) {
    const auto parsed = Cidr::parse(text);
    if (std::holds_alternative<CidrFault>(parsed)) {
      line.refuse("cidrs",
                  fmt::format("has '{}', which is no range of addresses", escape_controls(text)));
    }
  }
  return cidrs;
}

void take_end(Key& key, const TransferLine& line) {
  if (const auto at = line.optional_time("revoked_at")) {
    key.revoked =
        Revocation{*at, line.text("revoked_by"), line.optional_text("revoke_reason").value_or("")};
  } else if (!line.is_null("revoked_by")) {
    line.refuse("revoked_by", "says who revoked a key that is not revoked");
  }
  if (const auto until = line.optional_time("grace_until")) {
    key.replaced = Replacement{id_in(line, "replaced_by"), *until};
  } else if (!line.is_null("replaced_by")) {
    line.refuse("replaced_by", "has no grace_until");
  }
}

void take_row(TransferKey& transfer, const TransferLine& row) {
  Key& key = transfer.key;
  key.name = row.text("name");
  transfer.has_permissions = !row.is_null("permissions");
  if (transfer.has_permissions) key.scopes = row.texts("permissions");
  key.rate = row.optional_whole("rateLimit", kIntegerMin, kIntegerMax);
  key.status = row.text("status");
  key.expires_at = row.optional_time("expiresAt");
  key.last_used_at = row.optional_time("lastUsedAt");
  transfer.row_created_at = row.optional_time("createdAt");
  transfer.row_updated_at = row.optional_time("updatedAt");
}

TransferKey key_in(const TransferLine& line) {
  TransferKey transfer;
  Key& key = transfer.key;
  key.id = id_in(line, "id");
  key.row_id = line.text("row_id");
  if (key.row_id.empty()) line.refuse("row_id", "is empty");
  key.kind = kind_in(line);
  key.hash = key_hash_of(crypto::bytes_of(line.hex("hash", kHashBytes))).value();
  key.pepper = static_cast<keyring::KeyId>(line.whole("pepper", 1, kIntegerMax));
  key.owner = line.optional_text("owner");
  key.tenant = line.optional_text("tenant");
  key.cidrs = cidrs_in(line);
  key.created_at = line.time("created_at");
  key.created_by = line.text("created_by");
  take_end(key, line);
  take_row(transfer, line.part(kRow));
  return transfer;
}

// Whether something was there before, and in which line.
class Unique {
 public:
  void expect_new(const TransferLine& line, std::string_view member, const std::string& value) {
    const auto [known, is_new] = lines_.emplace(value, line.line());
    if (!is_new) line.refuse(member, fmt::format("is that of line {}, too", known->second));
  }

 private:
  std::map<std::string, int, std::less<>> lines_;
};

// The lines of a text, from the first on; a line break at the very end begins none.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}
  std::optional<std::string_view> next() {
    if (rest_.empty()) return std::nullopt;
    const auto end = rest_.find('\n');
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    ++number_;
    return line;
  }
  int number() const { return number_; }

 private:
  std::string_view rest_;
  int number_ = 0;
};

Error truncated(const std::string& name, std::int64_t wanted, std::size_t found) {
  Error error{ErrorCode::data,
              fmt::format("the file has {}, and its first line says {}",
                          counted(static_cast<long long>(found), "key"), wanted),
              "It was cut off, or put together from several: export it again. Nothing was "
              "imported."};
  return error.at({name, 1, 1}).because("truncated");
}

void read_keys(Transfer& transfer, Lines& lines, const std::string& name) {
  std::set<keyring::KeyId> peppers;
  for (const TransferPepper& pepper : transfer.peppers) peppers.insert(pepper.id);
  Unique ids;
  Unique rows;
  Unique hashes;
  while (const auto text = lines.next()) {
    const TransferLine line{*text, name, lines.number()};
    TransferKey read = key_in(line);
    ids.expect_new(line, "id", read.key.id);
    rows.expect_new(line, "row_id", read.key.row_id);
    hashes.expect_new(line, "hash", line.text("hash"));
    if (!peppers.contains(read.key.pepper)) line.refuse("pepper", "is not in the first line");
    transfer.keys.push_back(std::move(read));
    if (transfer.keys.size() > kTransferKeysMax) {
      line.refuse("id", fmt::format("is that of a key beyond {}", kTransferKeysMax));
    }
  }
}

}  // namespace

Document to_document(const TransferKey& transfer) {
  const Key& key = transfer.key;
  Document document = Document::object();
  document.set("id", key.id);
  document.set("row_id", key.row_id);
  document.set("kind", to_string(key.kind));
  document.set("hash", crypto::to_hex(key.hash));
  document.set("pepper", std::int64_t{key.pepper});
  document.set("owner", text_or_null(key.owner));
  document.set("tenant", text_or_null(key.tenant));
  document.set("cidrs", texts_of(key.cidrs));
  document.set("created_at", time_of(key.created_at));
  document.set("created_by", key.created_by);
  document.set("revoked_at", key.revoked ? time_of(key.revoked->at) : Document{});
  document.set("revoked_by", key.revoked ? Document{key.revoked->by} : Document{});
  document.set("revoke_reason", key.revoked ? Document{key.revoked->reason} : Document{});
  document.set("replaced_by", key.replaced ? Document{key.replaced->by} : Document{});
  document.set("grace_until", key.replaced ? time_of(key.replaced->grace_until) : Document{});
  document.set(std::string{kRow}, row_of(transfer));
  return document;
}

std::string to_lines(const Transfer& transfer) {
  std::string lines = to_json(heading_of(transfer)) + "\n";
  for (const TransferKey& key : transfer.keys) {
    const std::string line = to_json(to_document(key));
    if (line.size() > kTransferLineBytesMax) {
      throw Error{ErrorCode::data,
                  fmt::format("key {} takes {} bytes, and a line may have {}", key.key.id,
                              line.size(), kTransferLineBytesMax),
                  "Shorten its name, permissions or owner, then export again."};
    }
    lines += line;
    lines += '\n';
  }
  return lines;
}

Transfer parse_transfer(std::string_view text, const std::string& name) {
  Lines lines{text};
  const auto first = lines.next();
  const TransferLine heading{first.value_or(std::string_view{}), name, 1};
  require_version(heading, name);
  Transfer transfer{
      .written_at = heading.time("written_at"), .peppers = peppers_in(heading), .keys = {}};
  const std::int64_t wanted = heading.whole("keys", 0, static_cast<std::int64_t>(kTransferKeysMax));
  read_keys(transfer, lines, name);
  if (static_cast<std::int64_t>(transfer.keys.size()) != wanted) {
    throw truncated(name, wanted, transfer.keys.size());
  }
  return transfer;
}

bool is_same_key(const Key& left, const Key& right) {
  if (left.id != right.id || left.row_id != right.row_id) return false;
  return left.pepper == right.pepper ? left.hash == right.hash : left.kind == right.kind;
}

bool is_same(const TransferKey& left, const TransferKey& right) {
  TransferKey other = right;
  other.key.hash = left.key.hash;
  other.key.pepper = left.key.pepper;
  if (!left.row_created_at || !right.row_created_at) other.row_created_at = left.row_created_at;
  other.key.last_used_at = left.key.last_used_at;
  other.row_updated_at = left.row_updated_at;
  return to_document(left) == to_document(other);
}

}  // namespace pcx::apikey
