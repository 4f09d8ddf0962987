// Version differences as data: what PostgreSQL does from which major on, and where that is written.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace pglatch {

/// A fact that holds from a PostgreSQL major on.
template <class Fact>
struct Since {
  int major;  ///< 10 for what was always so
  Fact fact;
  std::string_view source;  ///< release notes, function or commit of PostgreSQL; "measured" for servers alone
};

/// A fact by version, oldest first: `constexpr ByVersion kLock{std::array{Since<LockMode>{10, …}, …}};`
template <class Fact, std::size_t N>
struct ByVersion {
  std::array<Since<Fact>, N> changes;

  /// What holds on a major (10 to 19); older ones get the oldest.
  [[nodiscard]] constexpr const Fact& at(int major) const noexcept {
    std::size_t last = 0;
    for (std::size_t i = 1; i < N; ++i) {
      if (changes[i].major <= major) last = i;
    }
    return changes[last].fact;
  }
};

template <class Fact, std::size_t N>
ByVersion(std::array<Since<Fact>, N>) -> ByVersion<Fact, N>;

}  // namespace pglatch
