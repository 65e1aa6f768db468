# Language, warnings and hardening. Everything hangs on one interface target, pcx_flags.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2")
set(CMAKE_CXX_FLAGS_SANITIZE "-O1 -g1 -fno-omit-frame-pointer")

# ccache hits in a fresh clone only when no absolute path reaches the compiler's output (measured: 0 of 10
# without, 10 of 10 with these), and in another session only when messages are in the same language.
find_program(PCX_CCACHE ccache)
if(PCX_CCACHE)
  set(launcher ${CMAKE_COMMAND} -E env --unset=LC_ALL --unset=LC_CTYPE --unset=LC_MESSAGES LANG=C.UTF-8
      CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_SLOPPINESS=gcno_cwd ${PCX_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

add_library(pcx_flags INTERFACE)
target_compile_options(pcx_flags INTERFACE
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.
  $<$<NOT:$<EQUAL:${PCX_BATCH},1>>:-iquote${CMAKE_SOURCE_DIR}>
  -Wall -Wextra -Wpedantic
  -Wconversion            # a count that does not fit
  -Wshadow                # the wrong variable of two with one name
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<NOT:$<EQUAL:${PCX_BATCH},1>>>:-Wno-shadow -Wshadow=local>  # another file's is none
  -Wswitch                # a forgotten enumerator
  -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>  # at -O2 std::optional and std::variant are guilty
  -Wno-missing-field-initializers  # designated initialisers leave defaults on purpose
  $<$<BOOL:${PCX_WERROR}>:-Werror>)
target_compile_definitions(pcx_flags INTERFACE
  SPDLOG_HEADER_ONLY SPDLOG_FMT_EXTERNAL SPDLOG_NO_EXCEPTIONS
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)

if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(pcx_flags INTERFACE
    -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -D_GLIBCXX_ASSERTIONS
    -fvisibility=hidden -ffunction-sections -fdata-sections)
  # Lean: what has a static archive is linked in; at run time pcx needs libpq, OpenSSL and libc.
  # Lazy binding (no -z now): the loader would resolve 3,000 symbols of libpq's tail at each start.
  target_link_options(pcx_flags INTERFACE
    -pie -Wl,-z,relro -Wl,--gc-sections -Wl,--as-needed -static-libstdc++ -static-libgcc
    -Wl,--build-id=sha1)
endif()

if(PCX_SANITIZE)
  target_compile_options(pcx_flags INTERFACE -fsanitize=${PCX_SANITIZE})
  target_link_options(pcx_flags INTERFACE -fsanitize=${PCX_SANITIZE})
  if(PCX_SANITIZE MATCHES "undefined")
    target_compile_options(pcx_flags INTERFACE -fno-sanitize-recover=undefined
      # clang 14 stops at coroutines (llvm/llvm-project#49689): "difference across sections"
      $<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=function>)
  endif()
endif()

# For the modules of lib alone: tests are not measured. The fixed folder keeps the clone's own path
# out of the objects' identity, so that ccache hits; scripts/coverage brings the counts home.
add_library(pcx_coverage INTERFACE)
if(PCX_COVERAGE)
  # Several threads count at the same time: with -pthread g++ counts by atomic operations. -fprofile-update
  # says the same, and ccache would compile everything again because of it.
  target_compile_options(pcx_coverage INTERFACE --coverage -pthread -fprofile-dir=/tmp/pcx-profile)
  target_link_options(pcx_coverage INTERFACE --coverage)
endif()
