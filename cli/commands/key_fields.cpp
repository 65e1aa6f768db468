// pcx key fields: flags -> lib/inspect -> show.
#include <algorithm>

#include <fmt/format.h>

#include "cli/commands/key_tools.h"
#include "cli/commands/suggestions.h"
#include "core/error.h"
#include "core/text.h"
#include "fields/profile.h"
#include "inspect/registration.h"
#include "rotate/rotation.h"

namespace pcx::cli {

namespace {

using fields::Field;
using inspect::Change;
using inspect::PlannedField;

// The fields in force, and what saving would make of them.
struct Plan {
  bool is_configured = false;
  std::vector<Field> registered;
  fields::Registry registry;
  std::vector<Field> wanted;
  std::vector<PlannedField> shown;  // also fields in force that would not be saved

  bool has_changes() const {
    return std::any_of(shown.begin(), shown.end(),
                       [](const PlannedField& planned) { return planned.change != Change::none; });
  }
};

Plan read_plan(Context& context) {
  db::Database& database = context.database();
  Plan plan{.is_configured = !fields::read_config_fields(context.config()).empty(),
            .registered = fields::read_registered(database),
            .registry = fields::read_registry(database, context.config()),
            .wanted = {},
            .shown = {}};
  plan.wanted = inspect::wanted_fields(database, context.config(), plan.registered);
  plan.shown = inspect::plan_changes(plan.registered, plan.wanted);
  for (const Field& field : plan.registry.fields) {
    const bool is_shown = std::any_of(
        plan.shown.begin(), plan.shown.end(),
        [&](const PlannedField& planned) { return to_string(planned.field) == to_string(field); });
    if (!is_shown) plan.shown.push_back({field, Change::none});
  }
  return plan;
}

std::vector<Field> fields_of(const Plan& plan) {
  std::vector<Field> fields;
  for (const PlannedField& planned : plan.shown) fields.push_back(planned.field);
  return fields;
}

Cell text_or_null(const std::string& text) { return text.empty() ? Cell{} : Cell{text}; }

std::string match_of(const Field& field) {
  if (!field.copy || field.copy->match_column.empty()) return {};
  return escape_controls(field.copy->match_column + " = " + field.copy->match_value);
}

std::vector<Cell> row_of(const PlannedField& planned, const inspect::FieldFacts& facts,
                         fields::Origin origin) {
  const Field& field = planned.field;
  return {escape_controls(to_string(field)),
          escape_controls(field.name.table + "." + field.name.column),
          field.copy ? Cell{} : Cell{std::string{to_string(field.bind)}},
          text_or_null(field.copy ? escape_controls(field.copy->row_column) : ""),
          text_or_null(match_of(field)),
          std::string{to_string(origin)},
          std::string{to_string(facts.presence)},
          text_or_null(facts.problem),
          text_or_null(to_string(planned.change))};
}

Outcome show(Context& context, const Plan& plan, const std::string& summary, Finding finding) {
  const auto facts = inspect::read_facts(context.database(), fields_of(plan));
  View view{.columns = {{"field", "FIELD"},
                        {"name", "NAME"},
                        {"bind", "BIND"},
                        {"row_column", "COPY BY"},
                        {"match", "WHERE"},
                        {"origin", "ORIGIN"},
                        {"present", "THERE"},
                        {"problem", "PROBLEM"},
                        {"change", "CHANGE"}},
            .rows = {},
            .summary = summary};
  for (std::size_t i = 0; i < plan.shown.size(); ++i) {
    view.rows.push_back(row_of(plan.shown[i], facts[i], plan.registry.origin));
  }
  return {std::move(view), finding};
}

std::string summary_of(const Plan& plan) {
  const std::string origin = to_string(plan.registry.origin);
  switch (plan.registry.origin) {
    case fields::Origin::table:
      if (!plan.has_changes()) return fmt::format("In force: {}.", origin);
      return fmt::format("In force: {}. {}, run: pcx key fields --save", origin,
                         plan.is_configured ? "The configuration says otherwise; to put it in force"
                                            : "Some are not there any more; to take them off");
    case fields::Origin::config:
    case fields::Origin::profile: break;
  }
  return fmt::format(
      "In force: the {}. To keep them with the database, for every machine, run: pcx key fields "
      "--save",
      origin);
}

db::Deed deed_of(const Plan& plan) {
  Document changes = Document::array();
  for (const PlannedField& planned : plan.shown) {
    if (planned.change == Change::none) continue;
    Document entry = Document::object();
    entry.set("field", to_string(planned.field));
    entry.set("change", to_string(planned.change));
    changes.add(std::move(entry));
  }
  Document details = Document::object();
  details.set("changes", std::move(changes));
  return {"key.fields", std::to_string(plan.wanted.size()), std::move(details)};
}

// A rotation has to know the same fields from its beginning to its end; what is not there is none
// of them, and would keep it from going on.
void require_no_rotation(db::Database& database, const Plan& plan) {
  const auto rotation = rotate::find_rotation(database);
  if (!rotation) return;
  const auto& in_force = plan.registry.fields;
  if (inspect::drops_only_absent(in_force, inspect::read_facts(database, in_force), plan.wanted)) {
    return;
  }
  throw Error{
      ErrorCode::conflict,
      fmt::format("rotation {} to key {} is not finished", rotation->id, rotation->target_key),
      "Run it to its end with 'pcx key rotate', then change the fields. Until then only those can "
      "be taken off that are not there any more."}
      .because("rotation_unfinished");
}

void save(Context& context, const Plan& plan) {
  db::Database& database = context.database();
  require_no_rotation(database, plan);
  inspect::require_sound(plan.wanted, inspect::read_facts(database, plan.wanted), plan.registered);
  if (!plan.has_changes()) return;
  context.upgrade_schema();
  db::Transaction tx = database.begin();
  fields::register_fields(tx, plan.wanted);
  tx.commit_after({journal_of(context)(deed_of(plan))});
}

// A sentence for each fence of a field that went; begins with a space.
std::string left_fences(Context& context, const Plan& plan) {
  std::string sentences;
  const auto& before = plan.registry.fields;
  for (const auto& left : inspect::read_left_fences(context.database(), before, plan.wanted)) {
    sentences += fmt::format(
        " {} is no field any more, but its constraint stays, and refuses values under "
        "other keys; to end that, run in psql: {};",
        to_string(left.field), left.statement);
  }
  return escape_controls(sentences);
}

Outcome run_fields(Context& context, const Values& values) {
  const Plan plan = read_plan(context);
  if (!values.flag("--save")) {
    const bool differs = plan.registry.origin == fields::Origin::table && plan.has_changes();
    return show(context, plan, summary_of(plan), differs ? Finding::warning : Finding::ok);
  }
  save(context, plan);
  const std::string saved =
      plan.has_changes()
          ? fmt::format("Saved: {}.", counted(static_cast<long long>(plan.wanted.size()), "field"))
          : "Nothing to save.";
  return show(context, plan, saved + left_fences(context, plan), Finding::ok);
}

}  // namespace

std::vector<Suggestion> suggest_fields(const SuggestionTools& tools) {
  db::Database database = tools.open_database();
  auto fields = fields::read_registered(database);
  if (fields.empty()) fields = fields::purple_cross();
  std::vector<Suggestion> suggestions;
  for (const Field& field : fields) {
    if (field.copy) continue;  // it is where its values are, not what they are bound to
    const std::string name = field.name.table + "." + field.name.column;
    const std::string place = to_string(field);
    suggestions.push_back({name, place == name ? "" : place});
  }
  return suggestions;
}

std::vector<Cmd> key_fields_commands() {
  return {
      {.path = "key fields",
       .summary = "Show which columns hold encrypted values, or register them",
       .detail =
           "A field is a column, or a member of the objects in a jsonb column. Which there are is "
           "said by table pcx.field; while that is empty by the section `fields` of the "
           "configuration, and without one by the built-in profile of Purple Cross. NAME is what "
           "values are bound to: it outlives a rename. Copies hold values that were sealed for the "
           "rows of another table.\n\n--save writes the configuration into pcx.field, so that "
           "every machine rotates the same fields; without a section `fields` it writes those of "
           "the built-in profile whose table is there, and where fields are registered already it "
           "takes those off that are not there any more. Fields that contradict each other, or "
           "cannot be ones, are refused. While a rotation is under way nothing can be changed but "
           "that. The constraint that a rotation put around a field stays when the field goes: "
           "--save says how to take it away.",
       .options = {{.name = "--save", .type = Type::flag, .help = "write them into pcx.field"}},
       .examples = {{"pcx key fields", "what is in force, and where it comes from"},
                    {"pcx key fields --save --reason \"SSN of clients\"",
                     "the configuration, for every machine"}},
       .exits = {{0, "shown, or saved"},
                 {1,
                  "the configuration differs from pcx.field, or a registered field is not there"},
                 {78, "fields contradict each other, or a column is not there"},
                 {79, "a rotation is under way, and needs the fields as they are"}},
       .needs = Needs::database,
       .mutating = true,
       .schema_when_asked = true,
       .run = run_fields}};
}

}  // namespace pcx::cli
