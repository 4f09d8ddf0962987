#include <utility>

#include "analyzer/source/frameworks/all.h"
#include "analyzer/source/frameworks/file_names.h"
#include "analyzer/source/frameworks/sections.h"

namespace pglatch {
namespace {

// supabase/cli, pkg/migration/file.go: the statements of `supabase/migrations/N_name.sql` go to the server in one
// pipeline. There is no way down.
class Supabase final : public SectionedFramework {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "supabase"; }

 protected:
  [[nodiscard]] std::string evidence(const SourceFile& file, Surroundings& /*around*/) const override {
    const std::string_view folder = folder_of_file(file.path());
    const bool is_its_folder = file_name(folder) == "migrations" && file_name(folder_of_file(folder)) == "supabase";
    return is_its_folder && numbered_description(file_name(file.path())) ? "in supabase/migrations" : "";
  }

  [[nodiscard]] std::vector<Section> sections(const SourceFile& /*file*/, Surroundings& /*around*/) const override {
    return {{Direction::up, ExecutionMode::pipeline, {}, {}}};
  }
};

}  // namespace

const Framework& supabase_framework() noexcept {
  static const Supabase supabase;
  return supabase;
}

}  // namespace pglatch
