// Checkpoints kept where the database's owner cannot reach: a file of notes (audit/note.h), one
// behind the other. What is in it is never written again, and no note stands in it twice.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace pcx::audit {

inline constexpr std::size_t kAnchorBytesMax = std::size_t{64} * 1024 * 1024;

// The notes of a file (lines of text, a blank one, signatures), each as it was signed; who has
// signed them is another question. What was cut off when the disk was full says nothing and is left
// out: text that nobody has signed, and the beginning of a signature by Ed25519.
std::vector<std::string> split_notes(std::string_view file);

// Appends `note` unless the file has it, and waits until the disk has it. It begins on a line of
// its own, whatever the file ends with. A new file gets mode 0644. Two may append at once. A pipe
// or a device gets it as it is. Returns whether it was added. Throws Error{cannot_create},
// Error{permission} or Error{io}, naming the file, which is as it was then; where it takes nothing
// back (chattr +a), what was cut off says nothing (split_notes()).
bool append_note(const std::filesystem::path& path, const std::string& note);

}  // namespace pcx::audit
