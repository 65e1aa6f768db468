#include "cli/commands/audit_install_tools.h"

#include <fmt/format.h>

#include "cli/commands/audit_tools.h"
#include "core/error.h"
#include "core/text.h"
#include "db/identifier.h"
#include "db/role_rights.h"

namespace pcx::cli {

Opt tables_option(std::string_view help) {
  return {.name = "--tables", .metavar = "TABLE,...", .help = help, .repeated = true};
}

std::vector<audit::RelationName> relations_in(const Values& values) {
  std::vector<audit::RelationName> names;
  for (const std::string& list : values.texts("--tables")) {
    for (const auto& text : split(list, ',')) {
      const auto name = audit::parse_relation(trim(text));
      if (!name) {
        throw Error{ErrorCode::usage,
                    fmt::format("option --tables: '{}' is no table", escape_controls(text)),
                    "Write table, or schema.table; several with commas between them."};
      }
      names.push_back(*name);
    }
  }
  return names;
}

audit::InstallTools audit_install_tools(Context& context) {
  return {.database = context.database(),
          .clock = context.clock(),
          .interrupt = context.interrupt(),
          .random = context.random(),
          .record = [&context](db::Transaction& tx, const db::Deed& deed) {
            record_audit(context, tx, deed);
          }};
}

void require_trail_rights(Context& context) {
  const auto rights = db::read_role_rights(context.database());
  if (rights.is_owner_of_pcx) return;
  const std::string owner = rights.owner_of_pcx.value_or("pcx_owner");
  throw Error{
      ErrorCode::permission,
      fmt::format("this role is no member of {}, the owner of schema pcx", escape_controls(owner)),
      fmt::format("Let a superuser run: GRANT {} TO {};", db::quote_identifier(owner),
                  db::quote_identifier(rights.role))};
}

Cell text_or_nothing(const std::string& text) { return text.empty() ? Cell{} : Cell{text}; }

}  // namespace pcx::cli
