//! Who is told what, when and by which way: Alertmanager's configuration, and what it never had.
