// Folders of migrations: only Error{data} leaves read_folder, with a place that is in the file; no
// script is passed over in silence; and what was read is the bytes of the files, at their places.
//
// An input is several files, each below a line "=== NAME"; what stands before the first such line
// is a migration.sql.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include "core/error.h"
#include "core/text.h"
#include "migrate/check.h"
#include "migrate/folder.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/place.h"

namespace {

namespace fs = std::filesystem;
using pcx::fuzz::promise;
using pcx::migrate::Folder;
using pcx::migrate::Migration;
using pcx::migrate::Script;

using Contents = std::map<std::string, std::string>;  // by name: "1_a/migration.sql"

// A folder for one input after another.
class Disk {
 public:
  Disk() {
    const fs::path memory = "/dev/shm";  // a disk is four times slower
    const fs::path place = fs::exists(memory) ? memory : fs::temp_directory_path();
    std::string name = (place / "pcx-fuzz-XXXXXX").native();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    root_ = name;
  }
  ~Disk() { fs::remove_all(root_); }

  fs::path folder() const { return root_ / "migrations"; }

  // False: a name that no file can have.
  bool write(const Contents& contents) {
    fs::remove_all(folder());
    fs::create_directory(folder());
    return std::all_of(contents.begin(), contents.end(),
                       [this](const auto& file) { return write(file.first, file.second); });
  }

 private:
  bool write(const std::string& name, const std::string& content) {
    std::error_code failed;
    fs::create_directory((folder() / name).parent_path(), failed);
    std::ofstream file{folder() / name, std::ios::binary};
    file << content;
    return file.good();
  }

  fs::path root_;
};

// One folder deep, and never outside of it.
bool is_below(const std::string& name) {
  const auto parts = pcx::split(name, '/');
  return name.find('\0') == name.npos && parts.size() <= 2 &&
         std::none_of(parts.begin(), parts.end(), [](const std::string& part) {
           return part.empty() || part == "." || part == "..";
         });
}

Contents files_in(std::string_view text) {
  constexpr std::string_view kMark = "=== ";
  Contents contents;
  std::string name = "20260101000000_a/migration.sql";
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    const std::size_t whole = std::min(line.size() + 1, text.size());
    if (line.starts_with(kMark)) {
      name = line.substr(kMark.size());
      contents[name];
    } else {
      contents[name] += text.substr(0, whole);
    }
    text.remove_prefix(whole);
  }
  return contents;
}

// --- what a reader must not pass over

bool is_script(const std::string& name) {
  if (name.starts_with('.')) return false;
  const bool is_in_folder = name.find('/') != name.npos;
  if (!is_in_folder) return name.ends_with(".sql");
  return name.ends_with("/migration.sql") || name.ends_with("/down.sql");
}

void nothing_is_passed_over(const Folder& folder, const Contents& contents) {
  std::set<fs::path> written;
  for (const auto& [name, content] : contents) {
    if (is_script(name)) written.insert(folder.path / name);
  }
  std::set<fs::path> read;
  for (const Migration& migration : folder.migrations) {
    read.insert(migration.up.file);
    if (migration.down) read.insert(migration.down->file);
  }
  promise(read == written, "every script is read");
}

// --- what was read

void stands_in(const Script& script, const std::string& content) {
  const std::string_view text = script.text;
  promise(!pcx::find_invalid_utf8(text), "a script is UTF-8");
  promise(text.find('\0') == text.npos, "a script has no NUL");
  const bool is_part = script.line_offset > 0;
  promise(is_part || text == content, "a file that is one script stays as it is");
  for (const std::size_t tenth : {0u, 3u, 7u, 10u}) {
    std::size_t at = text.size() * tenth / 10;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) ++at;
    if (text.empty()) break;  // behind a marker that ends the file there is no line
    const auto found = pcx::fuzz::text_from(content, pcx::migrate::location_in(script, at));
    promise(found && found->starts_with(text.substr(at)), "a script's place is its file's");
  }
}

std::string with_line_breaks(const std::string& content, std::string_view line_break) {
  std::string changed;
  for (std::size_t i = 0; i < content.size(); ++i) {
    if (content.compare(i, 2, "\r\n") == 0) continue;
    changed += content[i] == '\n' ? line_break : std::string_view{&content[i], 1};
  }
  return changed;
}

void has_its_checksum(const Migration& migration, const std::string& content) {
  for (const char* line_break : {"\n", "\r\n"}) {
    const std::string saved = with_line_breaks(content, line_break);
    const Migration other = pcx::migrate::with_checksums(migration.name, saved);
    promise(matches_checksum(migration, other.checksum), "other line ends are no edit");
  }
  const Migration edited = pcx::migrate::with_checksums(migration.name, content + " ");
  promise(!matches_checksum(migration, edited.checksum), "a byte more is an edit");
}

void is_as_written(const Folder& folder, const Contents& contents) {
  const auto content_of = [&](const Script& script) {
    return contents.at(script.file.lexically_relative(folder.path).native());
  };
  for (const Migration& migration : folder.migrations) {
    promise(!pcx::find_invalid_utf8(migration.name), "a name is UTF-8");
    stands_in(migration.up, content_of(migration.up));
    if (migration.down) stands_in(*migration.down, content_of(*migration.down));
    has_its_checksum(migration, content_of(migration.up));
  }
}

void is_in_order(const Folder& folder) {
  for (std::size_t i = 1; i < folder.migrations.size(); ++i) {
    const std::string& name = folder.migrations[i - 1].name;
    const std::string& next = folder.migrations[i].name;
    promise(pcx::migrate::sorts_before(folder.layout, name, next), "in the order they run");
    promise(!pcx::migrate::sorts_before(folder.layout, next, name), "which is one");
  }
}

// --- what was refused

void is_told(const pcx::Error& error, const Contents& contents, const fs::path& folder) {
  promise(error.code() == pcx::ErrorCode::data, "a bad folder is Error{data}");
  promise(!error.hint().empty(), "with a next step");
  const pcx::Location& place = error.location();
  if (place.line == 0) return;
  for (const auto& [name, content] : contents) {
    if (pcx::escape_controls((folder / name).native()) != place.file) continue;
    if (pcx::fuzz::text_from(content, place)) return;
  }
  promise(false, "the place of an error is in a file");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Disk disk;
  const Contents contents = files_in(pcx::fuzz::text_of(data, size));
  for (const auto& [name, content] : contents) {
    if (!is_below(name)) return -1;
  }
  if (!disk.write(contents)) return -1;
  try {
    const Folder folder = pcx::migrate::read_folder(disk.folder());
    nothing_is_passed_over(folder, contents);
    is_as_written(folder, contents);
    is_in_order(folder);
  } catch (const pcx::Error& error) {
    is_told(error, contents, disk.folder());
  }
  return 0;
}
