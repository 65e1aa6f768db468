// What pcx does otherwise than Artillery with one and the same script, and what it refuses: for
// documentation. Tests hold it to what the readers of scripts report.
#pragma once

#include <span>
#include <string_view>

namespace pcx::load {

// A rule of Fault::Level::differs. Fragments, and without a full stop.
struct Difference {
  std::string_view rule;       // "fractional_think"
  std::string_view written;    // in the script
  std::string_view artillery;  // what Artillery makes of it
  std::string_view pcx;        // what pcx does
};
std::span<const Difference> differences();

// A rule of Fault::Level::refused for what Artillery would do.
struct Refusal {
  std::string_view rule;
  std::string_view what;     // a fragment
  std::string_view instead;  // a sentence
};
std::span<const Refusal> refusals();

}  // namespace pcx::load
