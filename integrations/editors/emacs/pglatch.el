;;; pglatch.el --- Lint PostgreSQL migrations -*- lexical-binding: t -*-

;; Package-Requires: ((emacs "26.1"))

;;; Commentary:

;; (require 'pglatch) and (add-hook 'sql-mode-hook #'pglatch-flymake-setup) for Flymake; with Flycheck the checker
;; `sql-pglatch' is there once Flycheck is.  M-x compile needs none of this: it understands `--format concise'.

;;; Code:

(require 'flymake)

(defvar pglatch-program "pglatch" "The program, or its path.")

(defconst pglatch--finding
  "^\\(.+\\):\\([0-9]+\\):\\([0-9]+\\): \\(error\\|warning\\|info\\): \\(.+\\)$"
  "A line of `--format concise': file, line, column, severity, message.")

(defvar-local pglatch--process nil)

(defun pglatch--diagnostics (buffer output)
  "What OUTPUT, a buffer, says of the file in BUFFER."
  (let (found)
    (with-current-buffer output
      (goto-char (point-min))
      (while (re-search-forward pglatch--finding nil t)
        (let ((line (string-to-number (match-string 2)))
              (column (string-to-number (match-string 3)))
              (type (pcase (match-string 4) ("error" :error) ("warning" :warning) (_ :note)))
              (message (match-string 5)))
          (pcase-let ((`(,beginning . ,end) (flymake-diag-region buffer line column)))
            (push (flymake-make-diagnostic buffer beginning end type message) found)))))
    (nreverse found)))

(defun pglatch-flymake (report &rest _)
  "Look at this buffer's file as it was saved, and call REPORT.
The older migrations of its folder are read first."
  (unless (executable-find pglatch-program) (error "Cannot find %s" pglatch-program))
  (when (process-live-p pglatch--process) (kill-process pglatch--process))
  (let ((buffer (current-buffer)) (file (buffer-file-name)))
    (if (or (not file) (buffer-modified-p))
        (funcall report nil)
      (setq pglatch--process
            (make-process
             :name "pglatch" :noquery t :connection-type 'pipe :buffer (generate-new-buffer " *pglatch*")
             :command (list pglatch-program "lint" "--format" "concise" "--color" "never" "--named"
                            (file-name-directory file) file)
             :sentinel
             (lambda (process _event)
               (when (memq (process-status process) '(exit signal))
                 (unwind-protect
                     (when (and (buffer-live-p buffer)
                                (eq process (buffer-local-value 'pglatch--process buffer)))
                       (funcall report (pglatch--diagnostics buffer (process-buffer process))))
                   (kill-buffer (process-buffer process))))))))))

;;;###autoload
(defun pglatch-flymake-setup ()
  "Let Flymake ask pglatch about this buffer."
  (add-hook 'flymake-diagnostic-functions #'pglatch-flymake nil t)
  (flymake-mode))

(declare-function flycheck-buffer-saved-p "flycheck")
(defvar flycheck-checkers)
(with-eval-after-load 'flycheck
  (eval
   '(progn
      (flycheck-define-checker sql-pglatch
        "Lints PostgreSQL migrations."
        :command ("pglatch" "lint" "--format" "concise" "--color" "never" "--named"
                  (eval (file-name-directory (buffer-file-name))) source-original)
        :error-patterns
        ((error line-start (file-name) ":" line ":" column ": error: " (message) " [" (id (+ (any "a-z0-9-"))) "]"
                line-end)
         (warning line-start (file-name) ":" line ":" column ": warning: " (message) " [" (id (+ (any "a-z0-9-"))) "]"
                  line-end)
         (info line-start (file-name) ":" line ":" column ": info: " (message) " [" (id (+ (any "a-z0-9-"))) "]"
               line-end))
        :modes sql-mode
        :predicate flycheck-buffer-saved-p)
      (add-to-list 'flycheck-checkers 'sql-pglatch))
   t))

(provide 'pglatch)
;;; pglatch.el ends here
