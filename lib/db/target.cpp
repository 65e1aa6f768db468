#include "db/target.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "core/error.h"
#include "core/text.h"
#include "db/wire.h"
#include "db/wire_error.h"

namespace pcx::db {
namespace {

// The roots that Prisma's sslaccept=strict trusts are the system's; libpq 15 needs the file's name.
constexpr const char* kSystemRoots = "/etc/ssl/certs/ca-certificates.crt";

// Of no use here: pcx opens few connections, prepares no named statements and sets its own limits.
constexpr std::array<std::string_view, 5> kIgnored = {
    "connection_limit", "pool_timeout", "socket_timeout", "statement_cache_size", "sslidentity"};

Error malformed() {
  return Error{ErrorCode::usage, "the database URL or connection string is malformed",
               "Write postgresql://user@host:port/database or host=... dbname=..., with special "
               "characters in a user name or password percent-encoded."};
}

// The length of "postgresql://"; 0 when the text is no URL.
std::size_t scheme_length(std::string_view text) {
  for (const std::string_view scheme : {"postgresql://", "postgres://"}) {
    if (text.starts_with(scheme)) return scheme.size();
  }
  return 0;
}

bool is_url(std::string_view text) { return scheme_length(text) > 0; }

// libpq ends the password of a URL at the first @, and host, port and database at the next / or ?:
// with one of them bare in the password, a piece of it would become the host's name, and be shown.
// An @ behind the authority is harmless only where no colon before it could begin a password.
void refuse_ambiguous(std::string_view url) {
  const auto body = url.substr(scheme_length(url));
  const auto last = body.rfind('@');
  if (last == std::string_view::npos) return;
  const bool is_only_one = last == body.find('@');
  const bool is_in_authority = last < body.find_first_of("/?");
  if (is_only_one && (is_in_authority || body.find(':') > last)) return;
  throw Error{ErrorCode::usage,
              "the database URL is ambiguous: an @, / or ? in it is not percent-encoded",
              "Percent-encode special characters in user name, password and parameters: @ is %40, "
              "/ is %2F, ? is %3F, # is %23."};
}

// "user:password@", even where a parameter takes its place. REQUIRES: not ambiguous.
bool has_password_before_host(std::string_view url) {
  const auto body = url.substr(scheme_length(url));
  const auto user_and_password = body.substr(0, std::min(body.find('@'), body.size()));
  const auto colon = user_and_password.find(':');
  return user_and_password.size() < body.size() && colon < user_and_password.size() - 1;
}

int hex_digit(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

std::string percent_decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0 || high + low == 0) throw malformed();  // %00 is no text
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

struct Parameter {
  std::string name;
  std::string raw;  // still percent-encoded
  std::string value() const { return percent_decode(raw); }
};

std::vector<Parameter> split_parameters(std::string_view query) {
  std::vector<Parameter> parameters;
  if (query.empty()) return parameters;
  for (const std::string& part : split(query, '&')) {
    const auto equals = part.find('=');
    if (equals == std::string::npos || equals == 0) throw malformed();
    parameters.push_back({percent_decode(part.substr(0, equals)), part.substr(equals + 1)});
  }
  return parameters;
}

bool is_secret(std::string_view keyword) {
  return keyword == "password" || keyword == "sslpassword";
}

const Parameter* find(const std::vector<Parameter>& parameters, std::string_view name) {
  for (const Parameter& parameter : parameters) {
    if (parameter.name == name) return &parameter;
  }
  return nullptr;
}

bool bool_of(const Parameter& parameter) {
  const std::string value = parameter.value();
  if (value == "true" || value == "1") return true;
  if (value == "false" || value == "0") return false;
  throw Error{ErrorCode::usage,
              "the URL parameter \"" + parameter.name + "\" is neither true nor false",
              "Write true or false."};
}

// Takes Prisma's own parameters out of the query; what is left is libpq's.
class PrismaParameters {
 public:
  PrismaParameters(std::vector<Parameter> all, Target& target)
      : all_(std::move(all)), target_(target) {}

  std::vector<Parameter> translate() {
    std::vector<Parameter> left;
    for (const Parameter& parameter : all_) {
      if (!take(parameter, left)) left.push_back(parameter);
    }
    if (is_strict()) require_verification(left);
    return left;
  }

 private:
  bool take(const Parameter& parameter, std::vector<Parameter>& left) {
    if (is_secret(parameter.name) && !parameter.raw.empty()) target_.holds_secret = true;
    if (parameter.name == "schema") {
      target_.schema = parameter.value();
    } else if (parameter.name == "pgbouncer") {
      target_.expects_pooler = bool_of(parameter);
    } else if (parameter.name == "sslaccept") {
      if (!is_strict() && parameter.value() != "accept_invalid_certs") {
        throw Error{ErrorCode::usage,
                    "the URL parameter \"sslaccept\" is neither strict nor accept_invalid_certs",
                    "Write strict, so that the server's certificate is verified."};
      }
    } else if (is_prismas_certificate(parameter) && is_strict()) {
      left.push_back({"sslrootcert", parameter.raw});
    } else if (is_prismas_certificate(parameter) ||
               std::find(kIgnored.begin(), kIgnored.end(), parameter.name) != kIgnored.end() ||
               (parameter.name == "sslpassword" && find(all_, "sslidentity") != nullptr)) {
      target_.ignored_parameters.push_back(parameter.name);
    } else {
      return false;
    }
    return true;
  }

  // Prisma's sslcert is the server's root certificate, libpq's is the client's own. It is Prisma's
  // where another TLS parameter is; without sslaccept=strict Prisma verifies nothing with it.
  bool is_prismas_certificate(const Parameter& parameter) const {
    return parameter.name == "sslcert" &&
           (find(all_, "sslaccept") != nullptr || find(all_, "sslidentity") != nullptr);
  }

  bool is_strict() const {
    const Parameter* accept = find(all_, "sslaccept");
    return accept != nullptr && accept->value() == "strict";
  }

  static void require_verification(std::vector<Parameter>& left) {
    std::erase_if(left, [](const Parameter& one) { return one.name == "sslmode"; });
    left.push_back({"sslmode", "verify-full"});
    if (find(left, "sslrootcert") == nullptr) left.push_back({"sslrootcert", kSystemRoots});
  }

  std::vector<Parameter> all_;
  Target& target_;
};

// A name is repeated in a message only when it cannot be a piece of a password with a bare '?'.
void refuse_unknown(const std::vector<Parameter>& parameters, std::string_view base) {
  for (const Parameter& parameter : parameters) {
    if (wire::is_keyword(parameter.name)) continue;
    if (base.find('@') == std::string_view::npos) throw malformed();
    throw Error{ErrorCode::usage,
                "unknown parameter \"" + parameter.name + "\" in the database URL",
                "Take it out: neither libpq nor Prisma knows it."};
  }
}

std::string join_parameters(const std::vector<Parameter>& parameters) {
  std::string query;
  for (const auto& [name, raw] : parameters) {
    query += (query.empty() ? "?" : "&") + name + "=" + raw;
  }
  return query;
}

// The text without what only Prisma understands.
std::string to_libpq(std::string_view text, Target& target) {
  refuse_ambiguous(text);
  target.holds_secret = has_password_before_host(text);
  const auto question = text.find('?');
  const auto base = text.substr(0, question);
  if (question == std::string_view::npos) return std::string{base};
  const auto parameters =
      PrismaParameters{split_parameters(text.substr(question + 1)), target}.translate();
  refuse_unknown(parameters, base);
  return std::string{base} + join_parameters(parameters);
}

void wipe(std::string& text) {
  std::fill(text.begin(), text.end(), '\0');
  text.clear();
}

bool is_port(const std::string& text) {
  int number = 0;
  const auto end = text.data() + text.size();
  return std::from_chars(text.data(), end, number).ptr == end && number >= 1 && number <= 65'535;
}

// libpq finds these out only when it connects, and then says no more than that it could not. The
// value is not repeated: in "u:pass/word@h" it is a piece of the password.
void check_value(const std::string& key, const std::string& value) {
  if (key == "port") {
    for (const std::string& port : split(value, ',')) {  // one for each host
      if (port.empty() || is_port(port)) continue;
      throw Error{ErrorCode::usage, "the port is no number from 1 to 65535",
                  "Write a number. A / or : in a user name or password is percent-encoded."};
    }
  }
  // libpq would not look into it, and a password in it would be shown as the database's name.
  if (key == "dbname" && is_url(value)) throw malformed();
  if (key == "sslmode") {
    constexpr std::array<std::string_view, 6> kModes = {"disable", "allow",     "prefer",
                                                        "require", "verify-ca", "verify-full"};
    if (std::find(kModes.begin(), kModes.end(), value) != kModes.end()) return;
    throw Error{ErrorCode::usage, "the parameter \"sslmode\" has a value that libpq does not know",
                "Write disable, allow, prefer, require, verify-ca or verify-full."};
  }
}

std::string value_of(const Target& target, std::string_view key) {
  for (const auto& [keyword, value] : target.keywords) {
    if (keyword == key) return value;
  }
  return {};
}

}  // namespace

Target parse_target(std::string_view text) {
  Target target;
  if (text.find('\0') != std::string_view::npos) throw malformed();
  std::string libpq = is_url(text) ? to_libpq(text, target) : std::string{text};
  auto keywords = wire::parse_conninfo(libpq);
  wipe(libpq);
  if (!keywords) throw malformed();
  for (auto& [key, value] : *keywords) {
    if (is_secret(key) && !value.empty()) target.holds_secret = true;
    if (key == "password") {
      target.password = Secret{value};
      wipe(value);
    } else if (key == "sslpassword") {
      target.key_password = Secret{value};
      wipe(value);
    } else {
      check_value(key, value);
      target.keywords.emplace_back(key, value);
    }
  }
  if (target.schema.empty()) {
    throw Error{ErrorCode::usage, "the URL parameter \"schema\" is empty",
                "Name a schema, or leave the parameter out to use public."};
  }
  return target;
}

std::string describe(const Target& target) {
  return wire::describe_server(value_of(target, "user"), value_of(target, "host"),
                               value_of(target, "port"), value_of(target, "dbname"));
}

}  // namespace pcx::db
