// What a command found, as a value. The numbers are those of monitoring plugins and of the process.
#pragma once

namespace pcx {

enum class Finding {
  ok = 0,
  warning = 1,   // pending migrations, lint, drift
  critical = 2,  // tampering, failed verification, a failed migration present
  unknown = 3,   // could not tell
};

}  // namespace pcx
