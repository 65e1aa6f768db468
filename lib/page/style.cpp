#include "page/style.h"

namespace pcx::page {

namespace {

// Colours are variables: dark mode and print change them in one place. Letters have a contrast of
// 4.5 to 1 at least on what is behind them.
constexpr std::string_view kBase = R"css(
:root { color-scheme: light dark; --ink: #1c2330; --soft: #566070; --line: #d3d9e1; --page: #fff;
  --good: #146c3f; --fair: #8a4f00; --bad: #b3261e; --one: #2457c5; --two: #b8460b;
  --heat: 36 87 197; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --soft: #a3adbb; --line: #39424f;
  --page: #14181f; --good: #4cc38a; --fair: #f0a94b; --bad: #ff8a80; --one: #7aa7ff; --two: #ffa366;
  --heat: 96 150 255; } }
@media print { :root { color-scheme: light; --ink: #000; --soft: #444; --line: #bbb; --page: #fff;
  --good: #060; --fair: #740; --bad: #a00; --one: #2457c5; --two: #b8460b; --heat: 36 87 197; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.45 system-ui, sans-serif;
  overflow-wrap: break-word; }
main { margin: 0 auto; max-width: 78rem; padding: 1.25rem; }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0; }
h2 { font-size: 1.1rem; margin: 0 0 .4rem; }
p { margin: .25rem 0; } .soft { color: var(--soft); }
section { margin-top: 2rem; }
)css";

constexpr std::string_view kTables = R"css(.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
td, th { padding: .25rem .5rem; text-align: right; vertical-align: top;
  border-bottom: 1px solid var(--line); }
td, thead th { white-space: nowrap; } td.text { white-space: normal; min-width: 5rem; }
thead th { font-weight: 600; color: var(--soft); vertical-align: bottom; }
tbody th { font-weight: 400; min-width: 11rem; } tbody th, td.text { overflow-wrap: anywhere; }
th:first-child, .text { text-align: left; }
)css";

}  // namespace

std::string_view base_style() noexcept { return kBase; }

std::string_view table_style() noexcept { return kTables; }

}  // namespace pcx::page
