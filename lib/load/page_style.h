// How the HTML report of a load test looks: see page/style.h, and what its figures and pictures
// need.
#pragma once

#include <string>

namespace pcx::load {

std::string page_style();

}  // namespace pcx::load
