// How a verification and a certificate look.
#pragma once

#include <string>

#include "cli/command.h"
#include "core/document.h"
#include "inspect/certificate.h"
#include "inspect/verification.h"

namespace pcx::cli {

// `certificate` is the file that was written; empty: none.
Outcome show_verification(const inspect::Verification& verification,
                          const std::string& certificate);
// A critical finding when the signature does not hold.
Outcome show_certificate(const Document& certificate, bool holds);

}  // namespace pcx::cli
