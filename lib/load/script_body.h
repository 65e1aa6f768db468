// What a request of a script sends: json, body, form, formData.
#pragma once

#include "load/script_reading.h"

namespace pcx::load {

// Templates in all of its texts and names. In the order that JavaScript gives members: names that
// are numbers first.
JsonTemplate read_json_template(Reading& reading, const YamlNode& node);

// Into request.body, and its content-type unless the request has one.
void read_body(Reading& reading, const YamlNode& spec, Request& request);

}  // namespace pcx::load
