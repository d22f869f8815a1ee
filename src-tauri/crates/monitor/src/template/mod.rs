//! Go's text/template as far as rule files and Alertmanager's templates use it.
