// Folders made, handed over and removed: std::filesystem with this module's errors.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "sandbox/cluster_account.h"

namespace pcx::sandbox {

// Error{io} for a full or broken disk, Error{permission}, else Error{cannot_create}. `doing`:
// "make the folder".
[[noreturn]] void throw_failed(std::string_view doing, const std::filesystem::path& path,
                               int error_number);

// Makes one folder, whose parent exists. False when something of that name is there already.
bool make_folder(const std::filesystem::path& path, unsigned mode);

// Makes the missing folders above `path` (0700, as the XDG specification asks).
void make_parents(const std::filesystem::path& path);

// Gives one file or folder to `account`; a symbolic link is not followed.
void give_to(const std::filesystem::path& path, const Account& account);

// Nothing of that name, not even a dangling link.
bool is_absent(const std::filesystem::path& path);

// What lies in a folder, sorted; nothing when it does not exist.
std::vector<std::filesystem::path> entries_of(const std::filesystem::path& folder);

// Removes files and folders, whatever they hold; links are removed, not followed. What is not
// there is no error, and what a dying program adds or removes meanwhile is none either.
void remove_tree(const std::filesystem::path& path);

// Removes a folder if it is empty; another state is left as it is.
void remove_if_empty(const std::filesystem::path& path);

// A rename that survives a power failure: the folder above is synchronised too.
void rename_durably(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace pcx::sandbox
