// Checkpoints kept where the database's owner cannot reach: a file of notes (audit/note.h), one
// behind the other. What is in it is never written again, and no note stands in it twice.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace pcx::audit {

inline constexpr std::size_t kAnchorBytesMax = std::size_t{64} * 1024 * 1024;

// The notes of a file, each as it was signed. What is none is returned, too: opening it says so.
std::vector<std::string> split_notes(std::string_view file);

// Appends `note` unless the file has it, and waits until the disk has it. A new file gets mode
// 0644. Two may append at once. Returns whether it was added.
// Throws Error{data} when the last note in it is not whole, Error{cannot_create}, Error{permission}
// or Error{io}, naming the file.
bool append_note(const std::filesystem::path& path, const std::string& note);

}  // namespace pcx::audit
