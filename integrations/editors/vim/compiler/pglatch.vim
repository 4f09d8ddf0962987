" ~/.vim/compiler/pglatch.vim. `:compiler pglatch`, then `:make` looks at this file on top of the older migrations of its
" folder and fills the quickfix list; `:set makeprg=…` for other options.
if exists('current_compiler')
  finish
endif
let current_compiler = 'pglatch'

CompilerSet makeprg=pglatch\ lint\ --format\ concise\ --color\ never\ --named\ %:h:S\ %:S
CompilerSet errorformat=%f:%l:%c:\ %t%*[a-z]:\ %m
