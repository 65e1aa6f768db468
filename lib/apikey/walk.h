// Looks for leaked keys in files, folders and pipes. What is found, and what could not be read, is
// told as it goes; nothing is changed, nothing printed.
//
// Every regular file is read, whatever its name and content. What it holds compressed or encoded is
// not seen (apikey/scan.h): the history of a repository lies in compressed objects, so give what
// `git log --all -p` prints to scan_open_file(). Links below the folder are not followed, so that
// the walk ends and stays where it was sent. Pipes, sockets and devices below it are not opened,
// nor are folders that the kernel makes up (/proc, /sys) unless they are named themselves.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "apikey/scan.h"
#include "core/interrupt.h"

namespace pcx::apikey {

struct ScanTotals {
  std::uint64_t files = 0;  // read to their end
  std::uint64_t bytes = 0;
  std::uint64_t keys = 0;
  std::uint64_t unread = 0;
  std::uint64_t skipped = 0;  // links, pipes, sockets, devices, folders of the kernel
};

// The first two are needed. What they throw ends the walk.
struct ScanEvents {
  std::function<void(const std::filesystem::path&, FoundKey)> found;
  // A file or folder below the named one, or the rest of a file: its keys, if any, are not known.
  // `why` is the system's phrase ("Permission denied").
  std::function<void(const std::filesystem::path&, const std::string& why)> unread;
  // How far this walk is: after each block that was read, of 256 KiB at most.
  std::function<void(const ScanTotals&)> progress = {};
};

// The file or all files below the folder `path` (itself it may be a link), depth first, the names
// of a folder in the order of their bytes: the same tree is always told in the same order. Paths
// are `path` with what is below it. `interrupt`, when given, is asked between blocks and once more
// at the end, and ends waiting for a pipe.
//
// Throws Error{not_found} when `path` does not exist, Error{permission} or Error{io} when it itself
// cannot be opened, Error{interrupted} or Error{terminated}.
ScanTotals scan_path(const std::filesystem::path& path, const ScanEvents& events,
                     Interrupt* interrupt = nullptr);

// What an open file (0: standard input) has from here to its end; `name` stands for it in events.
// Throws only Error{interrupted} or Error{terminated}.
ScanTotals scan_open_file(int descriptor, const std::filesystem::path& name,
                          const ScanEvents& events, Interrupt* interrupt = nullptr);

}  // namespace pcx::apikey
