// pcx_seed_bench URL [rows] [seed]: seeds a database that holds the migrated, empty schema, and
// prints rows, seconds, rows a second and the mix of the tables. Not run by ctest.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <fmt/format.h>

#include "core/error.h"
#include "sandbox/seed.h"

namespace {

using Seconds = std::chrono::duration<double>;

std::string fake_seal(std::string_view text) {
  return fmt::format("enc:v1:AAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAA==:{}", text);
}

int run(int argc, char** argv) {
  pcx::db::Database database{pcx::db::parse_target(argv[1]), {}};
  pcx::sandbox::SeedOptions options;
  options.rows_total = pcx::sandbox::seed_rows(argc > 2 ? argv[2] : "medium");
  options.seed = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1;
  options.now = std::chrono::sys_days{std::chrono::year{2026} / 11 / 25} + std::chrono::hours{17};
  const auto began = std::chrono::steady_clock::now();
  std::string phase;
  const auto report =
      pcx::sandbox::seed(database, options, fake_seal, [&](const pcx::sandbox::SeedProgress& now) {
        if (now.phase == phase) return;
        phase = now.phase;
        fmt::print("{:6.2f} s  {}\n", Seconds{std::chrono::steady_clock::now() - began}.count(),
                   phase);
      });
  const double seconds = Seconds{std::chrono::steady_clock::now() - began}.count();
  fmt::print("{} rows in {:.2f} s: {:.0f} rows/s\n", report.rows, seconds,
             static_cast<double>(report.rows) / seconds);
  for (const auto& table : report.tables) fmt::print("{:>10}  {}\n", table.rows, table.name);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: pcx_seed_bench URL [rows] [seed]\n");
    return 64;
  }
  try {
    return run(argc, argv);
  } catch (const pcx::Error& error) {
    fmt::print(stderr, "pcx_seed_bench: {}\n{}\n{}\n", error.what(), error.detail(), error.hint());
    return 70;
  }
}
