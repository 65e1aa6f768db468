// What tells one series, or one alert, from another: names and values, sorted by name.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace pcx::alert {

// Names are [a-zA-Z_][a-zA-Z0-9_]*, values any UTF-8. A label with an empty value is no label
// (Prometheus data model), so none is ever kept here.
using Labels = std::map<std::string, std::string>;
using LabelNames = std::set<std::string>;

// "[a-zA-Z_][a-zA-Z0-9_]*", not empty.
bool is_label_name(std::string_view name) noexcept;
// As a label's, with colons.
bool is_metric_name(std::string_view name) noexcept;

// `{severity="warning", tenant="north"}`; "{}" without any. Values are escaped as in PromQL.
std::string to_string(const Labels& labels);

// The first 16 hexadecimal digits of the SHA-256 of names and values, each followed by a zero byte
// (which no name has, and which values are refused for), without those of `but`: the same on every
// machine, whatever the order in which they were set.
std::string digest_of(const Labels& labels, const LabelNames& but = {});

}  // namespace pcx::alert
