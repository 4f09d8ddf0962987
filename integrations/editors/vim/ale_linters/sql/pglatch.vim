" ~/.vim/ale_linters/sql/pglatch.vim: for ALE. Looks at a file when it is written, on top of the older migrations of its
" folder.
let s:severities = {'error': 'E', 'warning': 'W', 'info': 'I'}

function! ale_linters#sql#pglatch#Handle(buffer, lines) abort
  let l:found = []
  for l:match in ale#util#GetMatches(a:lines, '\v^.+:(\d+):(\d+): (error|warning|info): (.+) \[([a-z0-9-]+)\]$')
    call add(l:found, {'lnum': l:match[1] + 0, 'col': l:match[2] + 0, 'type': s:severities[l:match[3]],
    \ 'text': l:match[4], 'code': l:match[5]})
  endfor
  return l:found
endfunction

call ale#linter#Define('sql', {
\ 'name': 'pglatch',
\ 'executable': 'pglatch',
\ 'command': '%e lint --format concise --color never --named . %s',
\ 'cwd': '%s:h',
\ 'lint_file': 1,
\ 'callback': 'ale_linters#sql#pglatch#Handle',
\})
