// A script's own text with everything laid over it: environment, target, overrides, variables; and
// the templates of `config`, which are rendered once.
#pragma once

#include "load/script_reading.h"

namespace pcx::load {

// In Artillery's order. What is left has no environments to choose from any more.
void lay_over(Reading& reading, YamlNode& script);

// Defines what templates may name ("target", "$environment", "$testId") and renders the texts of
// `config`. Default headers and cookies stay templates, for each user, unless Artillery is to be
// followed to the letter.
void render_config(Reading& reading, YamlNode& script);

}  // namespace pcx::load
