//! Every rule of the store once, in each place that can hold the data.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail as tests do")]

#[path = "conforms/bench.rs"]
mod bench;
// Not through testkit, which stands above this crate.
#[expect(unreachable_pub, reason = "it is public in testkit")]
#[path = "../../testkit/src/postgres.rs"]
mod cluster;
#[path = "conforms/faults.rs"]
mod faults;
#[path = "conforms/opening.rs"]
mod opening;
#[path = "conforms/postgresql.rs"]
mod postgresql_only;
#[path = "conforms/sharing.rs"]
mod sharing;
#[path = "conforms/sqlite.rs"]
mod sqlite_only;
#[path = "conforms/statements.rs"]
mod statements;
#[path = "conforms/transactions.rs"]
mod transactions;

/// Makes each rule a test in each place. `lasting` ones need a database that others can open too.
macro_rules! conform {
    (everywhere: $($file:ident::$rule:ident),+; lasting: $($lasting_file:ident::$lasting:ident),+;) => {
        conform!(memory: $($file::$rule),+);
        conform!(file: $($file::$rule),+, $($lasting_file::$lasting),+);
        conform!(postgresql: $($file::$rule),+, $($lasting_file::$lasting),+);
    };
    ($place:ident: $($file:ident::$rule:ident),+) => {
        mod $place {
            use crate::bench::Bench;

            $(
                #[test]
                fn $rule() {
                    // Without PostgreSQL there is no place there, and nothing to test.
                    if let Some(bench) = Option::<Bench>::from(Bench::$place()) {
                        crate::$file::$rule(&bench);
                    }
                }
            )+
        }
    };
}

conform! {
    everywhere:
        faults::a_busy_statement_runs_the_closure_again,
        faults::a_closure_that_is_always_in_the_way_ends_as_busy,
        faults::a_crash_after_the_commit_keeps_the_data,
        faults::a_failed_commit_leaves_nothing,
        faults::a_fault_at_any_statement_leaves_nothing,
        faults::a_full_disk_refuses_writes_and_serves_reads,
        opening::a_new_database_has_the_schema_and_nothing_wrong,
        sharing::counters_count_every_write_of_many_threads,
        sharing::who_reads_a_counter_sees_all_changes_below_it,
        statements::a_column_of_another_type_is_an_error,
        statements::a_read_cannot_write,
        statements::a_rule_of_the_schema_is_an_error_of_its_own,
        statements::a_value_of_another_type_is_refused,
        statements::a_wrong_number_of_values_is_an_error,
        statements::first_returns_the_first_row_or_none,
        statements::null_is_neither_zero_nor_empty,
        statements::placeholders_stand_in_any_order_and_repeat,
        statements::returning_gives_the_rows_that_were_written,
        statements::text_is_ordered_by_its_bytes,
        statements::text_with_the_character_nul_is_refused,
        statements::the_number_of_changed_rows_is_returned,
        statements::values_come_back_as_they_were,
        transactions::a_failed_closure_leaves_nothing,
        transactions::a_panic_leaves_nothing_and_the_store_goes_on,
        transactions::a_transaction_inside_another_is_an_error,
        transactions::nothing_goes_on_after_a_failed_statement,
        transactions::two_stores_can_be_used_at_once;
    lasting:
        faults::a_crash_after_the_commit_is_found_by_the_next_to_open,
        opening::a_changed_migration_is_refused,
        opening::a_database_opens_again_with_its_data,
        opening::a_newer_database_is_refused,
        opening::many_can_open_a_new_database_at_once,
        sharing::a_read_sees_one_snapshot,
        sharing::a_slow_writer_hides_no_change,
        sharing::another_store_on_the_same_data_takes_turns;
}
