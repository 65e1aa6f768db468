// Trees, checkpoints, proofs, tiles and notes for Go's sumdb/note and sumdb/tlog, and theirs for
// pcx: each must accept what the other has made, and refuse the same. oracle.go is the other side.
//
// usage: audit_exchange write FOLDER COUNT SEED
//        audit_exchange read FOLDER         exit code 1 when something is wrong
//
// FOLDER/key             the verifier key of a log
// FOLDER/checkpoints     notes with Go's origin, in base64
// FOLDER/edges           sizes for which all tiles are there
// FOLDER/tile/...        tiles
// FOLDER/inclusion       size, index, data of the leaf, proof
// FOLDER/consistency     old size, size, proof
// FOLDER/notes           known keys, ids of those that have signed (- for a note that is refused),
//                        note
// FOLDER/openssl         key.der, and texts with their signatures (written by pcx only)
//
// A line is one record; its fields are separated by blanks, lists by commas, "-" is an empty list;
// bytes are base64. Roots are in checkpoints only.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "audit/checkpoint.h"
#include "audit/leaf.h"
#include "audit/note.h"
#include "audit/tile.h"
#include "core/random.h"
#include "core/text.h"
#include "crypto/encoding.h"
#include "tests/audit/trees.h"

namespace pcx::audit {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLeaves = 70'000;  // three levels of tiles
constexpr int kEdges = 20;
constexpr int kForOpenssl = 30;
constexpr const char* kOrigin = "go.sum database tree";

std::string base64(std::string_view bytes) { return crypto::to_base64(crypto::bytes_of(bytes)); }

std::string unbase64(std::string_view text) { return crypto::from_base64(text).value(); }

std::string list_of(const std::vector<std::string>& words) {
  return words.empty() ? "-" : join(words, ",");
}

std::vector<std::string> words_of(const std::string& list) {
  return list == "-" ? std::vector<std::string>{} : split(list, ',');
}

std::string list_of(std::span<const Hash> hashes) {
  std::vector<std::string> words;
  for (const Hash& hash : hashes) words.push_back(crypto::to_base64(hash));
  return list_of(words);
}

std::vector<Hash> hashes_of(const std::string& list) {
  std::vector<Hash> hashes;
  for (const std::string& word : words_of(list)) {
    std::ranges::copy(crypto::bytes_of(unbase64(word)), hashes.emplace_back().begin());
  }
  return hashes;
}

void require(bool holds, std::string_view what) {
  if (!holds) throw std::runtime_error{std::string{what}};
}

void write_bytes(const fs::path& path, std::string_view bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream stream{path, std::ios::binary};
  stream << bytes;
  require(stream.flush().good(), "cannot write " + path.string());
}

std::optional<std::string> read_bytes(const fs::path& path) {
  std::ifstream stream{path, std::ios::binary};
  if (!stream) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>{stream}, {}};
}

// Calls work(fields) for each line; how many there were.
std::size_t for_each_line(const fs::path& path,
                          const std::function<void(const std::vector<std::string>&)>& work) {
  const std::string text = read_bytes(path).value();
  std::size_t lines = 0;
  std::istringstream stream{text};
  for (std::string line; std::getline(stream, line); ++lines) work(split(line, ' '));
  return lines;
}

// --- notes

// The labels of the known keys that have signed; "-" for a note that is refused.
std::string verdict(std::string_view note, std::span<const VerifierKey> keys) {
  const auto opened = open_note(note, keys);
  if (std::holds_alternative<NoteFault>(opened)) return "-";
  std::vector<std::string> ids;
  for (const NoteSignature& signature : std::get<Note>(opened).verified) {
    ids.push_back(fmt::format("{:08x}", signature.key_id));
  }
  return list_of(ids);
}

std::string some_text(Random& random) {
  static constexpr std::string_view kPieces[] = {
      "a", "Z9+/=", " ", "\n", "\n\n", "\u2014 ", "\u00e9", "\U0001f600", "\u2014 name AAAAAAA=\n"};
  std::string text;
  for (std::uint64_t i = random.below(30); i > 0; --i) text += kPieces[random.below(9)];
  return text + "\n";
}

// A note as somebody between writer and reader might leave it.
std::string damaged(std::string note, Random& random) {
  const std::size_t at = random.below(note.size());
  switch (random.below(6)) {
    case 0: note[at] = static_cast<char>(note[at] ^ 1 << random.below(8)); break;
    case 1: note.erase(at, 1 + random.below(3)); break;
    case 2: note.insert(at, 1, "\n =A\t\x7f"[random.below(6)]); break;
    case 3: note.resize(at); break;
    case 4: note += note.substr(note.rfind("\u2014")); break;
    default: note += "\u2014 nobody AAAAAAA" + std::string{"=B\n"[random.below(3)]} + "\n"; break;
  }
  return note;
}

void write_notes(const fs::path& folder, int count, Random& random) {
  std::vector<SigningKey> keys;
  for (int i = 0; i < 4; ++i) {
    keys.push_back(SigningKey::generate(fmt::format("key{}.example/\u00e9", i / 2), random));
  }
  std::string lines;
  for (int i = 0; i < count; ++i) {
    const std::size_t first = random.below(keys.size());
    const std::size_t signers = 1 + random.below(keys.size() - first);
    std::string note = sign_note(some_text(random), std::span{keys}.subspan(first, signers));
    if (i % 2 == 1) note = damaged(std::move(note), random);
    std::vector<VerifierKey> known;
    std::vector<std::string> texts;
    for (std::size_t k = random.below(2); k < keys.size(); k += 1 + random.below(2)) {
      known.push_back(keys[k].verifier());
      texts.push_back(known.back().text());
    }
    lines += fmt::format("{} {} {}\n", list_of(texts), verdict(note, known), base64(note));
  }
  write_bytes(folder / "notes", lines);
}

void read_notes(const fs::path& folder) {
  std::size_t refused = 0;
  const auto lines = for_each_line(folder / "notes", [&](const auto& fields) {
    std::vector<VerifierKey> known;
    for (const auto& text : words_of(fields[0])) known.push_back(VerifierKey::parse(text));
    const std::string note = unbase64(fields[2]);
    require(verdict(note, known) == fields[1], "another verdict than " + fields[1] + ":\n" + note);
    if (fields[1] == "-") ++refused;
  });
  fmt::print("{} notes, of them {} refused\n", lines, refused);
}

// --- a tree

class Writer {
 public:
  Writer(fs::path folder, Random& random) : folder_(std::move(folder)), random_(random) {
    keys_.push_back(SigningKey::generate("pcx.example/log", random));
    write_bytes(folder_ / "key", keys_.front().verifier().text());
    LeafHasher hasher;
    std::vector<Hash> leaves;
    for (std::size_t i = 0; i < kLeaves; ++i) {
      const std::string record = fmt::format("record {} {}", i, random_.below(1000));
      leaves.push_back(hasher.hash(LeafSource::change, crypto::bytes_of(record)));
      data_.push_back("pcx1C" + record);  // what Go hashes, without knowing of the framing
    }
    tree_ = std::make_unique<LeafTree>(leaves);
  }

  void write_tiles() {
    std::string edges;
    TileWriter writer{[&](const TileId& tile, std::string_view hashes) {
                        write_bytes(folder_ / tile_path(tile), hashes);
                      },
                      hasher_};
    for (int i = 1; i <= kEdges; ++i) {
      const std::size_t size =
          i == kEdges ? kLeaves : writer.size() + random_.below(2 * kLeaves / kEdges);
      while (writer.size() < std::min(size, kLeaves)) {
        writer.append(tree_->leaves()[writer.size()]);
      }
      writer.write_edge();
      require(writer.head().root == root_of(writer.size(), *tree_, hasher_), "two roots");
      edges += fmt::format("{}\n", sized(writer.size()));
    }
    write_bytes(folder_ / "edges", edges);
  }

  void write_proofs(int count) {
    std::string inclusion, consistency;
    for (int i = 0; i < count; ++i) {
      // Small trees have every shape; of large ones there are all three levels of tiles.
      const std::uint64_t size = sized(1 + random_.below(i % 2 == 0 ? kLeaves : 300));
      const std::uint64_t index = random_.below(size);
      inclusion += fmt::format("{} {} {} {}\n", size, index, base64(data_[index]),
                               list_of(inclusion_proof(index, size, *tree_, hasher_)));
      const std::uint64_t old = sized(1 + random_.below(size));
      consistency += fmt::format("{} {} {}\n", old, size,
                                 list_of(consistency_proof(old, size, *tree_, hasher_)));
    }
    write_bytes(folder_ / "inclusion", inclusion);
    write_bytes(folder_ / "consistency", consistency);
  }

  void write_checkpoints() {
    std::string lines;
    for (const auto& [size, note] : checkpoints_) lines += base64(note) + "\n";
    write_bytes(folder_ / "checkpoints", lines);
  }

  void write_for_openssl() {
    const std::string der = crypto::from_hex("302a300506032b6570032100").value();  // RFC 8410
    const auto& key = keys_.front().verifier().public_key();
    write_bytes(folder_ / "openssl/key.der", der + std::string{crypto::text_of(key)});
    const std::vector<VerifierKey> known{keys_.front().verifier()};
    for (int i = 0; const auto& [size, note] : checkpoints_) {
      const auto opened = std::get<Note>(open_note(note, known));
      write_bytes(folder_ / fmt::format("openssl/{}.text", i), opened.text);
      write_bytes(folder_ / fmt::format("openssl/{}.signature", i), opened.verified[0].bytes);
      if (++i == kForOpenssl) break;
    }
  }

 private:
  // A size whose root is in a checkpoint.
  std::uint64_t sized(std::uint64_t size) {
    std::string& note = checkpoints_[size];
    if (!note.empty()) return size;
    const TreeHead head{size, root_of(size, *tree_, hasher_)};
    note = sign_note(checkpoint_text({kOrigin, head, {}}), keys_);
    return size;
  }

  fs::path folder_;
  Random& random_;
  TreeHasher hasher_;
  std::vector<SigningKey> keys_;
  std::vector<std::string> data_;
  std::unique_ptr<LeafTree> tree_;
  std::map<std::uint64_t, std::string> checkpoints_;
};

// What is known: the verifier key, and what checkpoints say that it has signed.
class Reader {
 public:
  explicit Reader(fs::path folder)
      : folder_(std::move(folder)),
        known_{VerifierKey::parse(read_bytes(folder_ / "key").value())} {}

  void read_checkpoints() {
    for_each_line(folder_ / "checkpoints", [&](const auto& fields) {
      const auto opened = open_note(unbase64(fields[0]), known_);
      require(std::holds_alternative<Note>(opened), "a checkpoint is not signed");
      const auto parsed = parse_checkpoint(std::get<Note>(opened).text);
      require(std::holds_alternative<Checkpoint>(parsed), "a checkpoint is none");
      const auto& checkpoint = std::get<Checkpoint>(parsed);
      require(checkpoint.origin == kOrigin, "a checkpoint has another origin");
      roots_[checkpoint.tree.size] = checkpoint.tree.root;
    });
    fmt::print("{} checkpoints\n", roots_.size());
  }

  // Each size: the tiles give its root, and can be gone on with.
  void read_tiles() {
    const auto fetch = [&](const TileId& id) { return read_bytes(folder_ / tile_path(id)); };
    const auto lines = for_each_line(folder_ / "edges", [&](const auto& fields) {
      largest_ = std::stoull(fields[0]);
      TileReader reader{largest_, fetch, hasher_};
      require(root_of(largest_, reader, hasher_) == head(largest_).root, "tiles of another tree");
      TileWriter{head(largest_), fetch, [](const TileId&, std::string_view) {}, hasher_};
      for (const TileId& tile : new_tiles(0, largest_)) reader.tile(tile);
    });
    fmt::print("{} trees of tiles\n", lines);
  }

  void read_proofs() {
    TileReader tiles{
        largest_, [&](const TileId& id) { return read_bytes(folder_ / tile_path(id)); }, hasher_};
    auto lines = for_each_line(folder_ / "inclusion", [&](const auto& fields) {
      const std::uint64_t size = std::stoull(fields[0]), index = std::stoull(fields[1]);
      const Hash leaf = hasher_.leaf(crypto::bytes_of(unbase64(fields[2])));
      const auto proof = hashes_of(fields[3]);
      require(verify_inclusion(leaf, index, head(size), proof, hasher_), "a leaf is not shown");
      require(inclusion_proof(index, size, tiles, hasher_) == proof, "another inclusion proof");
    });
    fmt::print("{} inclusion proofs\n", lines);
    lines = for_each_line(folder_ / "consistency", [&](const auto& fields) {
      const std::uint64_t old = std::stoull(fields[0]), size = std::stoull(fields[1]);
      const auto proof = hashes_of(fields[2]);
      require(verify_consistency(head(old), head(size), proof, hasher_), "no beginning is shown");
      require(consistency_proof(old, size, tiles, hasher_) == proof, "another consistency proof");
    });
    fmt::print("{} consistency proofs\n", lines);
  }

 private:
  TreeHead head(std::uint64_t size) const { return {size, roots_.at(size)}; }

  fs::path folder_;
  std::vector<VerifierKey> known_;
  std::map<std::uint64_t, Hash> roots_;
  TreeHasher hasher_;
  std::uint64_t largest_ = 0;
};

void write(const fs::path& folder, int count, std::uint64_t seed) {
  SeededRandom random{seed};
  Writer writer{folder, random};
  writer.write_tiles();
  writer.write_proofs(count);
  writer.write_checkpoints();
  writer.write_for_openssl();
  write_notes(folder, count, random);
}

void read(const fs::path& folder) {
  Reader reader{folder};
  reader.read_checkpoints();
  reader.read_tiles();
  reader.read_proofs();
  read_notes(folder);
}

}  // namespace
}  // namespace pcx::audit

int main(int argc, char** argv) {
  try {
    const std::vector<std::string> words{argv + 1, argv + argc};
    if (words.size() == 4 && words[0] == "write") {
      pcx::audit::write(words[1], std::stoi(words[2]), std::stoull(words[3]));
    } else if (words.size() == 2 && words[0] == "read") {
      pcx::audit::read(words[1]);
    } else {
      fmt::print(stderr, "audit_exchange: write FOLDER COUNT SEED, or read FOLDER\n");
      return 64;
    }
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    fmt::print(stderr, "audit_exchange: {}\n", error.what());
    return EXIT_FAILURE;
  }
}
