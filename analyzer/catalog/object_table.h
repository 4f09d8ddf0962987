// A table whose changes can be undone: the storage of the catalog.
#pragma once

#include <cassert>
#include <cstddef>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "analyzer/catalog/object_slots.h"

namespace pglatch {

/// Objects by key. While a journal is kept, the first change of an object after a mark copies it, so
/// that rollback_to() can put it back; without a journal objects change in place.
template <class Key, class Object>
class ObjectTable {
 public:
  ObjectTable() = default;
  ObjectTable(ObjectTable&&) noexcept = default;
  ObjectTable& operator=(ObjectTable&&) noexcept = default;
  ObjectTable& operator=(const ObjectTable&) = delete;
  ~ObjectTable() = default;

  /// A copy has objects of its own.
  ObjectTable(const ObjectTable& other)
      : slots_(other.slots_), journal_(other.journal_), epoch_(other.epoch_), journaling_(other.journaling_) {
    const auto clone = [](Held& object) {
      if (object) object = hold(Object(*object));
    };
    slots_.for_each([&](const auto& /*key*/, Slot& slot) { clone(slot.object); });
    for (Entry& entry : journal_) clone(entry.object);
  }

  /// A key of text can be asked for by any piece of text.
  template <class Like>
  [[nodiscard]] const Object* find(const Like& key) const {
    const Slot* slot = slots_.find(key);
    return slot == nullptr || !slot->object ? nullptr : &*slot->object;
  }

  /// The object for changing, or null where there is none.
  Object* change(const Key& key) {
    Slot* slot = slots_.find(key);
    if (slot == nullptr || !slot->object) return nullptr;
    if (journaling_ && slot->epoch != epoch_) {
      // The journal takes the object as it was, so that pointers to it stay valid for reading.
      Held copy = hold(Object(*slot->object));
      remember(key, *slot);
      slot->object = std::move(copy);
    }
    return &*slot->object;
  }

  /// Adds or replaces the object.
  Object& put(Key key, Object&& object) {
    Slot* slot = nullptr;
    if (journaling_) {
      slot = &slots_[key];
      remember(std::move(key), *slot);
    } else {
      slot = &slots_[std::move(key)];
    }
    slot->object = hold(std::move(object));
    return *slot->object;
  }

  void erase(const Key& key) {
    Slot* slot = slots_.find(key);
    if (slot == nullptr || !slot->object) return;
    if (journaling_) {
      remember(key, *slot);
      slot->object.reset();
    } else {
      slots_.erase(key);
    }
  }

  [[nodiscard]] bool empty() const noexcept { return slots_.empty(); }
  [[nodiscard]] bool keeps_journal() const noexcept { return journaling_; }

  /// Calls `visit(key, object)` for every object, in no particular order.
  template <class Visitor>
  void for_each(Visitor&& visit) const {
    slots_.for_each([&](const auto& key, const Slot& slot) {
      if (slot.object) visit(key, *slot.object);
    });
  }

  /// Marks the present state; from now on changes are remembered.
  [[nodiscard]] std::size_t mark() {
    journaling_ = true;
    ++epoch_;
    return journal_.size();
  }

  /// Keys of what was added, changed or dropped since the mark, in order; one can be there more than once.
  [[nodiscard]] std::vector<Key> changed_since(std::size_t mark) const {
    std::vector<Key> keys;
    for (std::size_t i = mark; i < journal_.size(); ++i) keys.push_back(journal_[i].key);
    return keys;
  }

  void rollback_to(std::size_t mark) {
    assert(mark <= journal_.size());
    while (journal_.size() > mark) {
      Entry& entry = journal_.back();
      if (entry.object) {
        slots_[entry.key] = {std::move(entry.object), entry.epoch};
      } else {
        slots_.erase(entry.key);
      }
      journal_.pop_back();
    }
    ++epoch_;
  }

  void commit() {
    for (const Entry& entry : journal_) {
      const Slot* slot = slots_.find(entry.key);
      if (slot != nullptr && !slot->object) slots_.erase(entry.key);
    }
    journal_.clear();
    journaling_ = false;
  }

 private:
  // A small object stands in its slot. Any other is shared with the journal.
  static constexpr bool kSmall = std::is_trivially_copyable_v<Object>;
  using Held = std::conditional_t<kSmall, std::optional<Object>, std::shared_ptr<Object>>;

  struct Slot {
    Held object;            // null: dropped while a journal is kept
    std::size_t epoch = 0;  // mark after which the journal has this object's former state
  };
  struct Entry {
    Key key;
    Held object;
    std::size_t epoch;
  };

  static Held hold(Object&& object) {
    if constexpr (kSmall) {
      return object;
    } else {
      return std::make_shared<Object>(std::move(object));
    }
  }

  void remember(Key key, Slot& slot) {
    journal_.push_back({std::move(key), slot.object, slot.epoch});
    slot.epoch = epoch_;
  }

  ObjectSlots<Key, Slot> slots_;
  std::vector<Entry> journal_;
  std::size_t epoch_ = 0;
  bool journaling_ = false;
};

}  // namespace pglatch
