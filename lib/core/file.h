// Files, with their limits and rights. Paths are bytes, never interpreted by a shell.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/secret.h"

namespace pcx {

inline constexpr std::size_t kFileBytesMax = std::size_t{64} * 1024 * 1024;

// The whole file. Throws Error{not_found} when it does not exist, Error{permission} when it may not
// be read, Error{data} when it is longer than `bytes_max` or a folder, Error{io} otherwise. Pipes
// and devices (/dev/stdin) are read to their end. The message names the path.
std::string read_file(const std::filesystem::path& path, std::size_t bytes_max = kFileBytesMax);

// Like read_file, for keys and passwords: refuses (Error{permission}) a file that anybody but its
// owner may read or write, or that belongs to neither this user nor root. One trailing line break
// is cut off.
Secret read_secret_file(const std::filesystem::path& path,
                        std::size_t bytes_max = std::size_t{64} * 1024);

// Writes `path` whole or not at all: a temporary file beside it, fsync, rename, fsync of the
// folder. `mode` as for chmod(2), 0600 for secrets. A symbolic link stays one: what it points to is
// replaced. To a pipe, a device or an open file (/dev/stdout) the content is appended instead.
//
// Throws Error{cannot_create} when it cannot be
// made, Error{io} when the disk is full or fails; the old file then is as it was.
void write_file_atomically(const std::filesystem::path& path, std::string_view content,
                           unsigned mode = 0644);

// A new file with mode 0600, whole or not at all; never in the place of one that is there, nor
// through a symbolic link. Throws Error{cannot_create} with reason "exists" when there is one, and
// as write_file_atomically().
void create_secret_file(const std::filesystem::path& path, const Secret& content);

// Finds out whether write_file_atomically() could begin: for work that is done before its result is
// written. Leaves nothing behind. Throws Error{cannot_create} or Error{io} as that does.
void require_writable(const std::filesystem::path& path);

// What is in the folder, in no order. Throws as read_file() does for a file, and Error{data} when
// it is none.
std::vector<std::filesystem::path> paths_in(const std::filesystem::path& folder);

// True when `path` and its folder belong to root or this user and nobody else may write them:
// only then may commands named in it be run.
bool is_trusted(const std::filesystem::path& path);

}  // namespace pcx
