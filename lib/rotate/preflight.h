// What would keep a rotation from being complete, found before anything moves. Pure.
#pragma once

#include <string>
#include <vector>

#include "rotate/catalog.h"

namespace pcx::rotate {

// What becomes of triggers that fire for an UPDATE.
enum class Triggers {
  refuse,  // there shall be none
  fire,    // they run, once for each row, and find what is in their table's schema and in public
  skip,    // session_replication_role = replica; needs the right to set it. Does not skip all
};

struct Obstacle {
  bool is_fatal = true;  // otherwise only told
  std::string message;
  std::string hint;
};

std::vector<Obstacle> find_obstacles(const Heaps& heaps, Triggers triggers);

// The heaps that have rows to rotate: not the parents of partitions.
std::vector<Heap> rotatable(const Heaps& heaps);

}  // namespace pcx::rotate
