// What pcx.change has to say, kept beside the database by the test itself: tables with their rows,
// and an event for each row that changes.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/document.h"
#include "core/secret.h"
#include "crypto/hmac.h"
#include "db/database.h"

namespace pcx::audit {

using ShadowRow = std::map<std::string, Document>;

struct ShadowTable {
  std::string name;
  std::vector<std::string> columns;
  std::vector<std::string> keys;
  std::vector<std::string> dropped;
  std::vector<std::string> hashed;
  std::vector<std::string> ignored;
  std::map<std::string, ShadowRow> rows;  // by key_of()
};

struct ShadowEvent {
  std::string relation;
  char op = 'I';
  std::optional<std::string> row_key;
  std::optional<std::string> tenant;
  std::string actor;
  std::string correlation;
  std::optional<std::string> address;
  std::optional<std::string> before;  // JSON
  std::optional<std::string> after;
};

// Settings of the session. Empty: not set.
struct ShadowSession {
  std::string actor;
  std::string correlation;
  std::string address;
};

class Shadow {
 public:
  Shadow(std::vector<ShadowTable> tables, const Secret& digest_key);

  const std::map<std::string, ShadowRow>& rows(const std::string& table) const;
  const ShadowTable& table(const std::string& name) const;
  ShadowSession session;

  void insert(const std::string& table, ShadowRow row);
  void update(const std::string& table, const std::string& key, const ShadowRow& changes);
  void erase(const std::string& table, const std::string& key);
  void truncate(const std::string& table);

  static std::string key_of(const ShadowTable& table, const ShadowRow& row);

  // What is undone by a rollback.
  struct Mark {
    std::map<std::string, ShadowTable> tables;
    std::size_t events = 0;
  };
  Mark mark() const { return {tables_, events_.size()}; }
  void roll_back(const Mark& mark);

  const std::vector<ShadowEvent>& events() const { return events_; }
  // Into table `expected`, made here, whose columns are those of ShadowEvent.
  void write(db::Database& database) const;

 private:
  std::string digest_of(const std::string& value);
  std::string image_of(const ShadowTable& table, const ShadowRow& row);
  void tell(const ShadowTable& table, char op, const ShadowRow* image,
            std::optional<std::string> before, std::optional<std::string> after);

  std::map<std::string, ShadowTable> tables_;
  std::vector<ShadowEvent> events_;
  crypto::HmacSha256 hmac_;
};

// As SQL has it.
std::string literal_of(const Document& value);
// INSERT INTO public.<table> (...) VALUES (...), ...
std::string insert_sql(const ShadowTable& table, const std::vector<ShadowRow>& rows);

}  // namespace pcx::audit
