// Texts with templates, read.
//
//   {{ name }}  {{{ name }}}  {{ user.tags[0]['a b'] }}  {{ name || 'default' }}
//   {{ $function }}  {{ $function(1, two, "three", name) }}
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "load/template.h"

namespace pcx::load {

struct TemplateFault {
  enum class Kind {
    unclosed,  // "{{ name" or "{{ name }"
    syntax,    // what is in it is neither a name nor a call
    nothing,   // "{{ }}"
    unknown_function,
    arguments,          // too few or too many
    no_artillery_form,  // pcx's own: Artillery renders something else
  };
  Kind kind = Kind::syntax;
  std::string what;        // the piece of text
  std::string suggestion;  // what it should be; empty: nobody knows
  bool is_strict = false;  // read as Artillery does, since that was asked for
};

// What the words in a template mean; told by whoever reads the script.
class Vocabulary {
 public:
  virtual ~Vocabulary() = default;
  // A value that is known before the run and the same for all users: "target", "$env.HOME".
  virtual std::optional<std::string> constant(const std::string& name, bool has_fallback) = 0;
  virtual Variable variable(const std::string& name) = 0;
  // Whether something gives that name a value, which goes before a function of the same name.
  virtual bool is_variable(const std::string& name) const = 0;
  // Nothing but what Artillery reads: "{{ $timestamp }}" is a variable that nobody sets.
  virtual bool is_strict() const = 0;
  virtual void report(TemplateFault fault) = 0;
};

// What cannot be read is reported, and stays as it is written; "{{ }}" becomes "undefined".
Template read_template(std::string_view text, Vocabulary& vocabulary);

}  // namespace pcx::load
