-- For nvim-lint, in its configuration: looks at a file when it is written, on top of the older migrations of its folder.
--     require('lint').linters_by_ft = { sql = { 'pglatch' } }
local severities = {
  error = vim.diagnostic.severity.ERROR,
  warning = vim.diagnostic.severity.WARN,
  info = vim.diagnostic.severity.INFO,
}

require('lint').linters.pglatch = {
  cmd = 'pglatch',
  stdin = false,
  append_fname = true,
  args = {
    'lint', '--format', 'concise', '--color', 'never', '--named',
    function() return vim.fn.expand('%:p:h') end,
  },
  stream = 'stdout',
  ignore_exitcode = true,
  parser = function(output)
    local found = {}
    for line in vim.gsplit(output, '\n', true) do
      local lnum, col, severity, message, code = line:match('^.+:(%d+):(%d+): (%l+): (.+) %[([%l%d-]+)%]$')
      if severities[severity] then
        table.insert(found, {
          lnum = tonumber(lnum) - 1,
          col = tonumber(col) - 1,
          severity = severities[severity],
          message = message,
          code = code,
          source = 'pglatch',
        })
      end
    end
    return found
  end,
}
