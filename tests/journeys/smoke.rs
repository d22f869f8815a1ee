//! Smoke tests from the command line: what scripts are told by the exit code.

use crate::support::Bench;

#[test]
fn the_exit_code_is_0_only_where_everything_that_was_meant_passed() {
    let bench = Bench::new();
    let folder = bench.with_definition("shop", &["main"]);
    std::fs::create_dir(folder.join("smoke")).unwrap();
    let suite = |name: &str, cases: &str| std::fs::write(folder.join("smoke").join(name), format!("title: T\ncases:\n{cases}")).unwrap();
    suite("core.yml", "  orders: {title: Orders, category: core, sql: SELECT count(*) FROM orders, expect: {is: 500}}\n");
    bench.line(&format!("add {}", folder.display())).done();
    assert!(bench.line("smoke run shop").done().out.contains("1 of 1 passed"));
    suite("more.yml", "  bills: {title: Bills, categry: core, sql: SELECT 1, expect: {is: 1}}\n");
    let ran = bench.line("smoke run shop").code(1).out;
    assert!(ran.contains("1 of 1 passed") && ran.contains("more was not run"), "{ran}");
    assert_eq!(bench.line("smoke run shop --json").code(1).json()["unreadable"], 1);
    bench.line("smoke run shop --suite core").done();
    bench.line("smoke run shop --suite more").code(3);
    suite("more.yml", "  bills: {title: Bills, category: core, sql: SELECT 2, expect: {is: 1}}\n");
    bench.line("smoke run shop").code(1);
}
