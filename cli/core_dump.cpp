#include "cli/core_dump.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#if defined(__has_feature)
#define PCX_HAS_FEATURE(feature) __has_feature(feature)
#else
#define PCX_HAS_FEATURE(feature) 0
#endif

namespace pcx::cli {

void forbid_core_dumps() noexcept {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && \
    !PCX_HAS_FEATURE(address_sanitizer) && !PCX_HAS_FEATURE(thread_sanitizer)
  // Neither can fail: a limit may always be lowered, and 0 is a value that there is.
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);
#endif
}

}  // namespace pcx::cli
