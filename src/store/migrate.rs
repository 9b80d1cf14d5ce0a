//! Bringing a database file up to today's schema.
//!
//! `schema.sql` is the schema as it is. An empty file gets it whole; an older file gets the
//! missing steps, one transaction each. Steps are append-only: a published one never changes.

use rusqlite::{Connection, TransactionBehavior, functions::FunctionFlags};

use crate::{
    error::{Error, Result},
    types::Skeleton,
};

/// "Chap" in ASCII: `PRAGMA application_id` says whose file it is.
const APPLICATION_ID: i32 = 0x4368_6170;

const SCHEMA: &str = include_str!("../../schema.sql");

/// `STEPS[n]` takes a database of version n + 1 to n + 2. Version 1 is the first schema.
const STEPS: &[&str] = &[
    include_str!("migrate/2-preferences.sql"),
    include_str!("migrate/3-epochs.sql"),
    include_str!("migrate/4-privacy.sql"),
    include_str!("migrate/5-moves.sql"),
    include_str!("migrate/6-profiles.sql"),
    include_str!("migrate/7-groups.sql"),
    include_str!("migrate/8-skeletons.sql"),
    include_str!("migrate/9-stored-bytes.sql"),
    include_str!("migrate/10-events.sql"),
    include_str!("migrate/11-starting-marks.sql"),
    include_str!("migrate/12-mentions.sql"),
    include_str!("migrate/13-invites.sql"),
    include_str!("migrate/14-barred.sql"),
    include_str!("migrate/15-reactions.sql"),
    include_str!("migrate/16-flags.sql"),
    include_str!("migrate/17-pins.sql"),
    include_str!("migrate/18-scheduled.sql"),
    include_str!("migrate/19-expiry.sql"),
    include_str!("migrate/20-drafts.sql"),
];

/// The version of `schema.sql`.
fn newest() -> i32 {
    1 + i32::try_from(STEPS.len()).expect("fewer steps than i32 can count")
}

/// Whether a database of this version needs steps. An empty one, of version 0, does not.
pub(super) fn is_older(version: i32) -> bool {
    (1..newest()).contains(&version)
}

/// Refuses a file of a later Chaap or of another program, by two fields of its header.
pub(super) fn refuse_unknown(version: i32, application_id: i32) -> Result<()> {
    if application_id != APPLICATION_ID && (application_id != 0 || version != 0) {
        return Err(Error::Startup(String::from(
            "the database belongs to another program; choose another folder with --data",
        )));
    }
    if version > newest() {
        return Err(Error::Startup(format!(
            "a newer Chaap has upgraded the database (to version {version}, this one knows {}); start the newer one, or restore a backup from before the upgrade",
            newest()
        )));
    }
    Ok(())
}

/// The same after opening: a crash may have left the newer version in the log only.
pub(super) fn refuse_newer(db: &Connection) -> Result<()> {
    refuse_unknown(pragma(db, "user_version")?, pragma(db, "application_id")?)
}

/// Applies what is missing.
pub(super) fn run(db: &mut Connection) -> Result<()> {
    let version = pragma(db, "user_version")?;
    if version == 0 {
        return apply(db, SCHEMA, newest());
    }
    add_functions(db)?;
    for (step, target) in STEPS.iter().zip(2..).skip_while(|(_, target)| *target <= version) {
        apply(db, step, target)?;
    }
    Ok(())
}

/// What steps call from SQL.
fn add_functions(db: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DIRECTONLY;
    db.create_scalar_function("skeleton", 1, flags, |arguments| {
        Ok(Skeleton::of(arguments.get_raw(0).as_str()?).as_str().to_owned())
    })?;
    Ok(())
}

fn apply(db: &mut Connection, sql: &str, version: i32) -> Result<()> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    transaction.execute_batch(sql)?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", version)?;
    Ok(transaction.commit()?)
}

fn pragma(db: &Connection, name: &str) -> Result<i32> {
    Ok(db.pragma_query_value(None, name, |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::GroupFacts, types::Revision};

    /// `schema.sql` as first published. Frozen: from here every step must lead to today's.
    const FIRST_SCHEMA: &str = include_str!("migrate/first.sql");

    fn empty() -> Connection {
        Connection::open_in_memory().unwrap()
    }

    /// Every object of the schema without comments and layout, in a fixed order.
    fn schema_of(db: &Connection) -> Vec<String> {
        let mut query = db
            .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name")
            .unwrap();
        let rows = query.query_map((), |row| row.get::<_, String>(0)).unwrap();
        rows.map(|sql| normalise(&sql.unwrap())).collect()
    }

    fn normalise(sql: &str) -> String {
        let uncommented = sql.lines().map(|line| line.split("--").next().unwrap_or_default());
        let spaced = uncommented.collect::<Vec<_>>().join(" ");
        let single = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
        // A column added later is written without the line breaks of the rest.
        single.replace("( ", "(").replace(" )", ")").replace(" ,", ",")
    }

    #[test]
    fn migrated_and_fresh_databases_are_the_same() {
        let (mut fresh, mut migrated) = (empty(), empty());
        run(&mut fresh).unwrap();
        apply(&mut migrated, FIRST_SCHEMA, 1).unwrap();
        run(&mut migrated).unwrap();
        assert_eq!(schema_of(&fresh), schema_of(&migrated));
        assert_eq!(pragma(&fresh, "user_version").unwrap(), newest());
        assert_eq!(pragma(&migrated, "user_version").unwrap(), newest());
        assert!(schema_of(&fresh).len() >= 10, "the comparison sees the schema");
    }

    #[test]
    fn messages_read_before_receipts_could_be_hidden_stay_read() {
        let mut db = empty();
        apply(&mut db, FIRST_SCHEMA, 1).unwrap();
        db.execute_batch(
            "INSERT INTO users VALUES (1, 'alice', 'alice', 'x', 0, NULL, 1);
             INSERT INTO chats VALUES (1, 'direct', NULL, 1, 1, 0, 2);
             INSERT INTO members VALUES (1, 1, 7, 5, 9);",
        )
        .unwrap();
        run(&mut db).unwrap();
        let shown = db.query_row("SELECT shown_read_seq, shown_changed FROM members", (), |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
        });
        assert_eq!(shown.unwrap(), (5, 9));
        let known = "SELECT json_group_array(json_array(kind, seq, at)) FROM receipt_times";
        let moves: String = db.query_row(known, (), |row| row.get(0)).unwrap();
        assert_eq!(moves, "[[0,7,null],[1,5,null]]", "it happened at an unknown time");
    }

    #[test]
    fn what_users_have_stored_is_counted() {
        let mut db = empty();
        apply(&mut db, FIRST_SCHEMA, 1).unwrap();
        add_functions(&db).unwrap();
        let counting = STEPS.iter().position(|sql| sql.contains("stored_bytes")).unwrap();
        for (step, target) in STEPS[..counting].iter().zip(2..) {
            apply(&mut db, step, target).unwrap();
        }
        db.execute_batch(
            "INSERT INTO users (id, username, username_key, password_hash, created_at, changed)
               VALUES (1, 'a', 'a', 'x', 0, 1), (2, 'b', 'b', 'x', 0, 2), (3, 'c', 'c', 'x', 0, 3);
             INSERT INTO chats (id, kind, low_user_id, high_user_id, created_at, changed)
               VALUES (1, 'direct', 1, 2, 0, 4);
             INSERT INTO messages (id, chat_id, seq, sender_id, content, created_at, changed)
               VALUES (5, 1, 1, 1, 'äö', 0, 5), (6, 1, 2, 1, 'hi', 0, 6);
             INSERT INTO preferences (chat_id, user_id, draft, changed)
               VALUES (1, 1, 'ü', 7), (1, 2, '', 8);
             INSERT INTO pictures VALUES (1, zeroblob(16), zeroblob(10), zeroblob(100));",
        )
        .unwrap();
        run(&mut db).unwrap();
        let all = "SELECT json_group_array(json_array(user_id, bytes)) FROM stored_bytes";
        let counted: String = db.query_row(all, (), |row| row.get(0)).unwrap();
        assert_eq!(counted, format!("[[1,{}]]", 4 + 2 + 2 * 128 + 2 + 110));
    }

    #[test]
    fn former_members_see_a_group_as_it_was_at_the_upgrade() {
        let mut db = empty();
        apply(&mut db, FIRST_SCHEMA, 1).unwrap();
        add_functions(&db).unwrap();
        let events = STEPS.iter().position(|sql| sql.contains("last_seen_chat")).unwrap();
        for (step, target) in STEPS[..events].iter().zip(2..) {
            apply(&mut db, step, target).unwrap();
        }
        db.execute_batch(
            "INSERT INTO users (id, username, username_key, password_hash, created_at, changed)
               VALUES (1, 'a', 'a', 'x', 0, 1), (2, 'b', 'b', 'x', 0, 2);
             INSERT INTO chats (id, kind, title, created_at, changed)
               VALUES (1, 'group', 'Team', 0, 3);
             INSERT INTO members (chat_id, user_id, changed, role, role_changed)
               VALUES (1, 1, 3, 'admin', 3), (1, 2, 3, 'former', 4);",
        )
        .unwrap();
        run(&mut db).unwrap();
        let mut query = db.prepare("SELECT joined, last_seen_chat FROM members").unwrap();
        let rows = query.query_map((), |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        let rows: Vec<(i64, Option<GroupFacts>)> = rows.map(Result::unwrap).collect();
        assert_eq!((rows[0].0, rows[1].0), (3, 4));
        assert!(rows[0].1.is_none());
        let facts = rows[1].1.as_ref().unwrap();
        assert_eq!((facts.title.as_deref(), facts.changed), (Some("Team"), Revision(3)));
    }

    #[test]
    fn the_marks_of_people_in_groups_started_with_the_last_message_before_them() {
        let mut db = empty();
        apply(&mut db, FIRST_SCHEMA, 1).unwrap();
        add_functions(&db).unwrap();
        let marks = STEPS.iter().position(|sql| sql.contains("starting_marks")).unwrap();
        for (step, target) in STEPS[..marks].iter().zip(2..) {
            apply(&mut db, step, target).unwrap();
        }
        // The group is made (3), says something (4, 5), b comes and sees all (6), goes (8) and comes
        // back (12); c comes (12) and sees nothing earlier.
        db.execute_batch(
            "INSERT INTO users (id, username, username_key, password_hash, created_at, changed)
               VALUES (1, 'a', 'a', 'x', 0, 1), (2, 'b', 'b', 'x', 0, 2), (3, 'c', 'c', 'x', 0, 2);
             INSERT INTO chats (id, kind, title, created_at, changed)
               VALUES (1, 'group', 'Team', 0, 3);
             INSERT INTO messages (id, chat_id, seq, sender_id, content, created_at, changed)
               VALUES (4, 1, 1, 1, '', 0, 4), (5, 1, 2, 1, '', 0, 5), (7, 1, 3, 1, '', 0, 7),
                      (8, 1, 4, 2, '', 0, 8), (10, 1, 5, 1, '', 0, 10), (13, 1, 6, 1, '', 0, 13);
             INSERT INTO members (chat_id, user_id, changed, role, joined)
               VALUES (1, 1, 3, 'admin', 3), (1, 2, 6, 'member', 12), (1, 3, 12, 'member', 12);
             INSERT INTO stays (chat_id, user_id, from_seq, to_seq, after_id, through_id)
               VALUES (1, 1, 1, NULL, 0, NULL), (1, 2, 3, 4, 5, 8), (1, 2, 6, NULL, 10, NULL),
                      (1, 3, 6, NULL, 10, NULL);",
        )
        .unwrap();
        run(&mut db).unwrap();
        let mut query = db.prepare("SELECT user_id, seq FROM starting_marks").unwrap();
        let rows = query.query_map((), |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        let rows: Vec<(i64, i64)> = rows.map(Result::unwrap).collect();
        assert_eq!(rows, [(2, 2), (2, 5), (3, 5)]);
    }

    #[test]
    fn a_person_whom_an_admin_removed_before_the_upgrade_stays_out() {
        let mut db = empty();
        apply(&mut db, FIRST_SCHEMA, 1).unwrap();
        add_functions(&db).unwrap();
        let barred = STEPS.iter().position(|sql| sql.contains("barred")).unwrap();
        for (step, target) in STEPS[..barred].iter().zip(2..) {
            apply(&mut db, step, target).unwrap();
        }
        // b was removed (5). c was removed (6), came back and left (7). d was removed (8) and came
        // back.
        db.execute_batch(
            "INSERT INTO users (id, username, username_key, password_hash, created_at, changed)
               VALUES (1, 'a', 'a', 'x', 0, 1), (2, 'b', 'b', 'x', 0, 2), (3, 'c', 'c', 'x', 0, 2),
                      (4, 'd', 'd', 'x', 0, 2);
             INSERT INTO chats (id, kind, title, created_at, changed)
               VALUES (1, 'group', 'Team', 0, 3);
             INSERT INTO messages (id, chat_id, seq, sender_id, content, created_at, changed, event)
               VALUES (5, 1, 1, 1, '', 0, 5, '{\"kind\":\"removed\",\"user_id\":2}'),
                      (6, 1, 2, 1, '', 0, 6, '{\"kind\":\"removed\",\"user_id\":3}'),
                      (7, 1, 3, 3, '', 0, 7, '{\"kind\":\"left\"}'),
                      (8, 1, 4, 1, '', 0, 8, '{\"kind\":\"removed\",\"user_id\":4}');
             INSERT INTO members (chat_id, user_id, changed, role)
               VALUES (1, 1, 3, 'admin'), (1, 2, 3, 'former'), (1, 3, 3, 'former'),
                      (1, 4, 3, 'member');
             INSERT INTO stays (chat_id, user_id, from_seq, to_seq, after_id, through_id)
               VALUES (1, 1, 1, NULL, 0, NULL), (1, 2, 1, 1, 0, 5), (1, 3, 1, 2, 0, 6),
                      (1, 3, 3, 3, 6, 7), (1, 4, 1, 4, 0, 8), (1, 4, 5, NULL, 8, NULL);",
        )
        .unwrap();
        run(&mut db).unwrap();
        let all = "SELECT json_group_array(user_id) FROM members WHERE barred";
        let kept_out: String = db.query_row(all, (), |row| row.get(0)).unwrap();
        assert_eq!(kept_out, "[2]");
    }

    #[test]
    fn of_names_that_look_alike_the_oldest_gets_the_skeleton_and_all_stay() {
        let mut db = empty();
        apply(&mut db, FIRST_SCHEMA, 1).unwrap();
        for (id, name) in
            (1..).zip(["alice", "alice\u{fe0f}", "аlice", "bob", "\u{3164}", "\u{115f}"])
        {
            let sql = "INSERT INTO users VALUES (?1, ?2, ?2, 'x', 0, NULL, 1)";
            db.execute(sql, (id, name)).unwrap();
        }
        run(&mut db).unwrap();
        let mut query = db.prepare("SELECT id, skeleton FROM users ORDER BY id").unwrap();
        let rows = query.query_map((), |row| Ok((row.get(0)?, row.get(1)?)));
        let rows: Vec<(i64, Option<String>)> = rows.unwrap().map(Result::unwrap).collect();
        let with: Vec<i64> = rows.iter().filter(|row| row.1.is_some()).map(|row| row.0).collect();
        assert_eq!(rows.len(), 6);
        assert_eq!(with, [1, 4, 5], "{rows:?}");
        assert_eq!(rows[0].1.as_deref(), Some("alice"));
    }

    #[test]
    fn running_twice_changes_nothing() {
        let mut db = empty();
        run(&mut db).unwrap();
        let before = schema_of(&db);
        run(&mut db).unwrap();
        assert_eq!(before, schema_of(&db));
    }

    #[test]
    fn a_failing_step_leaves_the_database_as_it_was() {
        let mut db = empty();
        run(&mut db).unwrap();
        assert!(apply(&mut db, "CREATE TABLE half (x); SELECT nonsense;", 99).is_err());
        assert_eq!(pragma(&db, "user_version").unwrap(), newest());
        assert!(!schema_of(&db).iter().any(|sql| sql.contains("half")));
    }

    #[test]
    fn newer_and_foreign_files_are_refused() {
        assert!(refuse_unknown(0, 0).is_ok(), "an empty file");
        assert!(refuse_unknown(newest(), APPLICATION_ID).is_ok());
        let newer = refuse_unknown(newest() + 1, APPLICATION_ID).unwrap_err();
        assert!(newer.to_string().contains("newer Chaap"), "{newer}");
        assert!(refuse_unknown(1, 7).is_err());
        assert!(refuse_unknown(3, 0).is_err());
    }
}
