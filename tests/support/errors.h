// The pcx::Error that some work ends with, for tests of messages and places.
#pragma once

#include <gtest/gtest.h>

#include "core/error.h"

namespace pcx::testing {

template <typename Work>
Error error_of(Work work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no error was thrown";
  return Error{ErrorCode::internal, "no error was thrown"};
}

}  // namespace pcx::testing
