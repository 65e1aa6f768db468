// API keys in plain text, as the application's table was made for, and what they were used for.
#include <cmath>

#include <fmt/format.h>

#include "sandbox/seed_writers.h"

namespace pcx::sandbox {

namespace {

using namespace std::chrono;

struct Key {
  std::string_view name;
  std::string_view status;
  std::string_view permissions;  // text[]
  int rate_limit;                // 0: none
  int expires_in_days;           // 0: never
  unsigned share;                // of the usage, in percent
};

constexpr Key kKeys[] = {
    {"Website booking", "active", "{appointments:read,appointments:write}", 600, 0, 38},
    {"Mobile app", "active", "{clients:read,patients:read,appointments:read}", 1200, 200, 31},
    {"Lab bridge", "active", "{lab_tests:write}", 300, 90, 12},
    {"Bookkeeping", "active", "{invoices:read,payments:read}", 60, 20, 9},
    {"Data warehouse", "active", "{*}", 0, 0, 6},
    {"Old website", "revoked", "{appointments:read}", 100, 0, 2},
    {"Intern&#x27;s script", "active", "{}", 0, -40, 2},
    {"Never used", "active", "{clients:read}", 100, 365, 0},
};

struct Endpoint {
  std::string_view path;
  std::string_view method;
  unsigned share;  // in percent
  double median_ms;
};

constexpr Endpoint kEndpoints[] = {
    {"/api/v1/appointments", "GET", 34, 38},   {"/api/v1/patients", "GET", 17, 31},
    {"/api/v1/clients", "GET", 14, 29},        {"/api/v1/appointments", "POST", 11, 74},
    {"/api/v1/invoices", "GET", 9, 45},        {"/api/v1/lab-tests", "PUT", 7, 66},
    {"/api/v1/medical-records", "GET", 5, 95}, {"/api/v1/analytics/dashboard", "GET", 3, 240},
};

constexpr days kUsageDays{90};

// The entry of a table with shares in percent that `percent` in [0, 100) falls on.
template <typename T, std::size_t N>
std::size_t by_share(const T (&table)[N], std::uint64_t percent) {
  for (std::size_t entry = 0; entry + 1 < N; ++entry) {
    if (percent < table[entry].share) return entry;
    percent -= table[entry].share;
  }
  return N - 1;
}

int status_of(std::uint64_t permille, std::string_view method) {
  if (permille < 4) return 500;
  if (permille < 6) return 503;
  if (permille < 16) return 429;
  if (permille < 30) return 404;
  if (permille < 38) return 401;
  return method == "POST" ? 201 : 200;
}

std::string_view error_of(int status) {
  switch (status) {
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    case 429: return "Too many requests from this IP, please try again later.";
    default: return {};
  }
}

// Log-normal with sigma about 0.5: the sum of four uniforms stands for the normal.
int response_ms(double median_ms, std::uint64_t draw) {
  double sum = 0;
  for (int part = 0; part < 4; ++part) sum += static_cast<double>((draw >> (16 * part)) & 0xffff);
  const double normal = (sum / 65536 - 2) * 1.732;
  return 1 + static_cast<int>(median_ms * std::exp(0.5 * normal));
}

}  // namespace

void write_api_keys(Seeding& seeding) {
  const Practice& practice = seeding.practice;
  for (std::int64_t number = 0; number < static_cast<std::int64_t>(std::size(kKeys)); ++number) {
    const Key& key = kKeys[number];
    SeededRandom dice = practice.dice(TableId::api_keys, number);
    const Instant made = practice.first_day() + days{number * 37};
    RowText& row = seeding.rows.row(TableId::api_keys);
    row.id(practice.id(TableId::api_keys, number)).plain(key.name);
    row.plain(fmt::format("pc_live_{:016x}{:016x}", dice.next(), dice.next()))
        .plain(key.permissions);
    if (key.rate_limit == 0) {
      row.null();
    } else {
      row.number(key.rate_limit);
    }
    row.time(key.expires_in_days == 0 ? std::nullopt
                                      : std::optional{practice.now() + days{key.expires_in_days}});
    row.time(key.share == 0 ? std::nullopt : std::optional{practice.now() - minutes{number * 60}});
    row.plain(key.status).time(made).time(made).end();
  }
}

void write_api_usage(Seeding& seeding, std::int64_t count) {
  const Practice& practice = seeding.practice;
  SeededRandom dice = practice.dice(TableId::api_usage_metrics, 0);
  const milliseconds step =
      duration_cast<milliseconds>(kUsageDays) / std::max<std::int64_t>(count, 1);
  Instant at = practice.now() - kUsageDays;
  RowText& row = seeding.rows.row(TableId::api_usage_metrics);
  for (std::int64_t number = 0; number < count; ++number) {
    const std::uint64_t draw = dice.next();
    const std::size_t key = by_share(kKeys, (draw & 0xffff) % 100);
    const Endpoint& endpoint = kEndpoints[by_share(kEndpoints, (draw >> 16 & 0xffff) % 100)];
    const int status = status_of((draw >> 32 & 0xffff) % 1000, endpoint.method);
    row.id(sample_id(dice));
    if (draw >> 58 == 0) {
      row.null();  // a request without a key
    } else {
      row.id(practice.id(TableId::api_keys, static_cast<std::int64_t>(key)));
    }
    row.plain(endpoint.path).plain(endpoint.method).number(status);
    row.number(response_ms(endpoint.median_ms, dice.next())).time(at);
    row.plain(key == 1 ? "::ffff:198.51.100.17" : "::ffff:203.0.113.8");
    row.plain(user_agents()[draw >> 48 & 3]);
    const std::string_view error = error_of(status);
    row.text_or_null(error.empty() ? std::nullopt : std::optional{error}).end();
    at += step;
  }
}

}  // namespace pcx::sandbox
