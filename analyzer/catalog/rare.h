// Parts of the catalog's objects that few of them have.
#pragma once

#include <memory>
#include <utility>

namespace pglatch {

/// A member that most objects leave as it is made: until it is given a value it takes the room of a pointer. Each
/// object has its own.
template <class Value>
class Rare {
 public:
  Rare() = default;
  Rare(Value value) : value_(std::make_unique<Value>(std::move(value))) {}
  Rare(const Rare& other) : value_(other.value_ ? std::make_unique<Value>(*other.value_) : nullptr) {}
  Rare(Rare&&) noexcept = default;
  Rare& operator=(const Rare& other) { return *this = Rare(other); }
  Rare& operator=(Rare&&) noexcept = default;
  ~Rare() = default;

  [[nodiscard]] const Value& operator*() const noexcept { return value_ ? *value_ : none(); }
  [[nodiscard]] const Value* operator->() const noexcept { return &**this; }
  /// The value for changing, made where there is none.
  [[nodiscard]] Value& change() {
    if (!value_) value_ = std::make_unique<Value>();
    return *value_;
  }

 private:
  static const Value& none() noexcept {
    static const Value kNone;
    return kNone;
  }

  std::unique_ptr<Value> value_;
};

}  // namespace pglatch
