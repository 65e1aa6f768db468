#include "inspect/discovery.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"
#include "inspect/discover_queries.h"
#include "inspect/scan.h"

namespace pcx::inspect {

namespace {

constexpr Mark kMarks[] = {Mark::enc_v2,    Mark::enc_v1,  Mark::enc_unknown, Mark::guide,
                           Mark::vault,     Mark::cloak,   Mark::pgp,         Mark::inside,
                           Mark::plaintext, Mark::unsealed};
// Of a table that was never analysed.
constexpr double kRowsPerPage = 20;

Mark mark_named(std::string_view name) {
  for (const Mark mark : kMarks) {
    if (name == to_string(mark)) return mark;
  }
  throw Error{ErrorCode::internal, "a discovery found what it does not know"};
}

// Small tables are read as a whole.
Sample sample_of(const Relation& relation, const DiscoverJob& job) {
  Sample sample{.seed = static_cast<std::int64_t>(job.random.below(1'000'000'000))};
  if (!job.sample_rows || relation.blocks == 0) return sample;
  const double rows_per_page =
      relation.rows_estimated > 0
          ? static_cast<double>(relation.rows_estimated) / static_cast<double>(relation.blocks)
          : kRowsPerPage;
  const double pages = static_cast<double>(*job.sample_rows) / std::max(rows_per_page, 1.0);
  const double share = pages / static_cast<double>(relation.blocks);
  if (share < 0.5) sample.percent = 100 * share;
  return sample;
}

std::int64_t scaled(std::int64_t count, const Sample& sample) {
  if (!sample.percent) return count;
  return std::llround(static_cast<double>(count) * 100 / *sample.percent);
}

bool is_plain_name(const std::string& name) {
  return !name.empty() && name.find_first_not_of(
                              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW"
                              "XYZ0123456789_") == std::string::npos;
}

// As YAML, quoted where it has to be.
std::string yaml(const std::string& name) {
  if (is_plain_name(name)) return name;
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string entry_of(const Relation& relation, const std::string& column,
                     const std::string& member) {
  const std::string place = yaml(relation.name() + "." + column);
  const bool is_plain =
      is_plain_name(relation.table) && is_plain_name(column) && is_plain_name(relation.schema);
  const std::string text = is_plain ? relation.name() + "." + column : place;
  if (member.empty()) return fmt::format("- {{column: {}}}", text);
  return fmt::format("- {{column: {}, member: {}}}", text, yaml(member));
}

// ".after.notes" -> "notes" is below another one; ".notes" -> "notes"; anything else "".
std::string top_member(const std::string& path) {
  const bool is_top = path.size() > 1 && path.find_first_of(".[*", 1) == std::string::npos;
  return is_top && path.front() == '.' ? path.substr(1) : "";
}

// Where a field with this column already is: then this may be a copy of its values.
const fields::Field* origin_named(const rotate::Heaps& heaps, const std::string& column) {
  for (const rotate::Heap& heap : heaps.heaps) {
    for (const rotate::Cell& cell : heap.target.cells) {
      if (!cell.field.copy && cell.field.name.column == column) return &cell.field;
    }
  }
  return nullptr;
}

std::string suggestion_for_sealed(const Relation& relation, const TextColumn& column,
                                  const std::string& path, const rotate::Heaps& heaps) {
  if (relation.is_view) return "refresh it once the tables below it are rotated";
  if (column.holds == Holds::json) return "a json column cannot be a field: make it jsonb";
  if (column.holds != Holds::text && column.holds != Holds::jsonb) {
    return "such a column cannot be a field: keep the value in a text column";
  }
  const std::string member = top_member(path);
  if (!path.empty() && member.empty()) {
    return "only members at the top of an object can be fields: move it there, or remove it";
  }
  std::string entry = entry_of(relation, column.name, member);
  const fields::Field* const origin = origin_named(heaps, member.empty() ? column.name : member);
  if (origin == nullptr) return entry;
  entry.pop_back();
  return fmt::format("{}, copy_of: {}.{}, row_column: COLUMN}}", entry, origin->name.table,
                     origin->name.column);
}

std::string suggestion_for(Mark mark, const Relation& relation, const TextColumn& column,
                           const std::string& path, const rotate::Heaps& heaps) {
  switch (mark) {
    case Mark::enc_v2:
    case Mark::enc_v1:
    case Mark::guide: return suggestion_for_sealed(relation, column, path, heaps);
    case Mark::inside: return "a value inside of a text cannot be a field: remove it";
    case Mark::plaintext: return "pcx key rotate --seal-plaintext";
    case Mark::unsealed: return entry_of(relation, column.name, "");
    default: return "pcx does not open this format";
  }
}

class Discoverer {
 public:
  Discoverer(db::Database& database, const DiscoverJob& job) : database_(database), job_(job) {}

  Discovery run() {
    const auto relations = read_relations(database_, Captured::leave_out);
    std::int64_t done = 0;
    for (const Relation& relation : relations) {
      job_.interrupt.throw_if_requested();
      job_.on_table(relation.name(), done++, static_cast<std::int64_t>(relations.size()));
      if (const std::string why = relation.why_hidden(); !why.empty()) {
        discovery_.hidden.push_back({relation.name(), why});
      } else {
        look_at(relation);
      }
    }
    return std::move(discovery_);
  }

 private:
  void look_at(const Relation& relation) {
    const Subject subject{relation, cells_in(relation)};
    const Sample sample = sample_of(relation, job_);
    ++discovery_.tables;
    if (sample.percent) ++discovery_.sampled;
    const db::Result counted = scan(database_, overview_query(subject, sample));
    const db::Row row = counted.one();
    std::size_t at = 1;
    for (const TextColumn& column : relation.columns) {
      if (row[at++].as<std::int64_t>() > 0) look_closer(subject, column, sample);
    }
    for (const TextColumn& column : relation.columns) {
      add(subject, column, "", Mark::unsealed, row[at++].as<std::int64_t>(), sample);
    }
    for (const rotate::Cell& cell : subject.cells) {
      const TextColumn column{.name = cell.field.column};
      const std::string path = cell.field.member.empty() ? "" : "." + cell.field.member;
      add(subject, column, path, Mark::plaintext, row[at++].as<std::int64_t>(), sample);
    }
  }

  void look_closer(const Subject& subject, const TextColumn& column, const Sample& sample) {
    int paths = 0;
    const db::Result marks = scan(database_, details_query(subject, column, sample));
    for (const db::Row row : marks) {
      if (++paths > kPathsMax) break;
      add(subject, column, row["path"].as<std::string>(),
          mark_named(row["mark"].as<std::string_view>()), row["n"].as<std::int64_t>(), sample);
    }
  }

  void add(const Subject& subject, const TextColumn& column, const std::string& path, Mark mark,
           std::int64_t count, const Sample& sample) {
    if (count == 0) return;
    discovery_.found.push_back({subject.relation.name(), column.name + path, mark, count,
                                scaled(count, sample),
                                suggestion_for(mark, subject.relation, column, path, job_.heaps)});
  }

  std::vector<rotate::Cell> cells_in(const Relation& relation) const {
    const auto& heaps = job_.heaps.heaps;
    const auto heap = std::find_if(heaps.begin(), heaps.end(), [&](const rotate::Heap& candidate) {
      return candidate.target.relation == relation.oid;
    });
    if (heap == heaps.end()) return {};
    std::vector<rotate::Cell> cells;
    for (std::size_t i = 0; i < heap->columns.size(); ++i) {
      if (heap->columns[i].exists) cells.push_back(heap->target.cells[i]);
    }
    return cells;
  }

  db::Database& database_;
  const DiscoverJob& job_;
  Discovery discovery_;
};

}  // namespace

const char* to_string(Mark mark) noexcept {
  switch (mark) {
    case Mark::enc_v2: return "enc_v2";
    case Mark::enc_v1: return "enc_v1";
    case Mark::enc_unknown: return "enc_unknown";
    case Mark::guide: return "guide";
    case Mark::vault: return "vault";
    case Mark::cloak: return "cloak";
    case Mark::pgp: return "pgp";
    case Mark::inside: return "inside";
    case Mark::plaintext: return "plaintext";
    case Mark::unsealed: return "unsealed";
  }
  return "unknown";
}

const char* explain(Mark mark) noexcept {
  switch (mark) {
    case Mark::enc_v2: return "enc:v2, not registered";
    case Mark::enc_v1: return "enc:v1, not registered";
    case Mark::enc_unknown: return "enc:v of no known version";
    case Mark::guide: return "the guide's object, not registered";
    case Mark::vault: return "Vault transit";
    case Mark::cloak: return "cloak (47ng)";
    case Mark::pgp: return "OpenPGP";
    case Mark::inside: return "inside of a text";
    case Mark::plaintext: return "a field, not encrypted";
    case Mark::unsealed: return "by its name, and not encrypted";
  }
  return "unknown";
}

Discovery discover(db::Database& database, const DiscoverJob& job) {
  return Discoverer{database, job}.run();
}

}  // namespace pcx::inspect
