// Where a table of the catalog keeps its objects: under names in a hash table, under numbers in an array.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace pglatch {

/// Lets a hash table of strings be asked by a piece of text, without a string of its own.
struct TextHash {
  using is_transparent = void;
  // Without noexcept on purpose: libstdc++ takes a hash that cannot throw for a cheap one, and computes it anew for
  // every neighbour in a bucket instead of keeping it.
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

/// Slots by name. A slot that was never written is null.
template <class Slot>
class NamedSlots {
 public:
  [[nodiscard]] const Slot* find(std::string_view key) const {
    const auto found = slots_.find(key);
    return found == slots_.end() ? nullptr : &found->second;
  }
  Slot* find(std::string_view key) {
    const auto found = slots_.find(key);
    return found == slots_.end() ? nullptr : &found->second;
  }
  Slot& operator[](std::string key) { return slots_[std::move(key)]; }
  void erase(const std::string& key) { slots_.erase(key); }
  [[nodiscard]] bool empty() const noexcept { return slots_.empty(); }

  template <class Visitor>
  void for_each(Visitor&& visit) const {
    for (const auto& [key, slot] : slots_) visit(key, slot);
  }
  template <class Visitor>
  void for_each(Visitor&& visit) {
    for (auto& [key, slot] : slots_) visit(key, slot);
  }

 private:
  std::unordered_map<std::string, Slot, TextHash, std::equal_to<>> slots_;
};

/// Slots by small numbers, which are given out one after another. A slot that was never written has no object.
template <class Number, class Slot>
class NumberedSlots {
 public:
  [[nodiscard]] const Slot* find(Number key) const noexcept {
    return index(key) < slots_.size() ? &slots_[index(key)] : nullptr;
  }
  Slot* find(Number key) noexcept { return index(key) < slots_.size() ? &slots_[index(key)] : nullptr; }
  Slot& operator[](Number key) {
    if (index(key) >= slots_.size()) slots_.resize(index(key) + 1);
    return slots_[index(key)];
  }
  void erase(Number key) {
    if (Slot* slot = find(key)) *slot = {};
  }
  [[nodiscard]] bool empty() const noexcept { return slots_.empty(); }

  template <class Visitor>
  void for_each(Visitor&& visit) const {
    for (std::size_t i = 0; i < slots_.size(); ++i) visit(static_cast<Number>(i), slots_[i]);
  }
  template <class Visitor>
  void for_each(Visitor&& visit) {
    for (std::size_t i = 0; i < slots_.size(); ++i) visit(static_cast<Number>(i), slots_[i]);
  }

 private:
  static std::size_t index(Number key) noexcept { return static_cast<std::size_t>(key); }

  std::vector<Slot> slots_;
};

template <class Key, class Slot>
using ObjectSlots = std::conditional_t<std::is_integral_v<Key>, NumberedSlots<Key, Slot>, NamedSlots<Slot>>;

}  // namespace pglatch
