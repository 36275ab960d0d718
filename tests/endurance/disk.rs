//! A disk that is full, and a journal that is no directory.

use std::fs;
use std::path::Path;
use std::process::Command;

use discord_log_preview::Fault;

use crate::program::{PATIENCE, within};
use crate::world::World;
#[cfg(target_os = "linux")]
use crate::{threads::is_able_to_limit, world::SURVIVOR};

#[test]
fn a_full_disk_loses_nothing_while_the_process_lives() {
    let mut world = World::start();
    let Some(_disk) = SmallDisk::mount(&world.journal) else {
        return println!("skipped: nothing can be mounted here");
    };
    world.discord.fault(Fault::connection_refused());
    let mut program = world.program("d");
    program.expect_ready();
    program.log_and_save("everywhere", 40);
    let filler = world.journal.join("filler");
    // Writes until there is no room left, which is an error.
    let _ = fs::write(&filler, vec![0; 4 << 20]);
    program.expect("log everywhere 40", "done");
    program.wait_for_words("cannot be written");
    program.expect("log everywhere 40", "done");
    assert!(!world.waiting().is_empty());
    world.discord.clear_faults();
    program.flush();
    assert!(
        within(PATIENCE, || world.waiting().is_empty()),
        "files are removed from a full disk: {:?}",
        world.waiting()
    );
    println!("{}", program.ask("health"));

    fs::remove_file(&filler).expect("it is there");
    world.discord.fault(Fault::connection_refused());
    program.expect("log everywhere 20", "done");
    // A panic does not wait for the next time that the disk is tried.
    program.expect("panic-caught", "caught");
    let is_written = within(PATIENCE, || world.waiting_titles().len() == 20);
    assert!(is_written, "{:?}", world.waiting_titles());
    let told = world.stderr().matches("cannot be written").count();
    assert_eq!(told, 1, "{}", world.stderr());
    program.kill();
    world.discord.clear_faults();
    world.drain("e");
    let verdict = world.judge_all();
    verdict.check_once();
    assert_eq!((verdict.delivered, verdict.unclean), (140, 1), "{verdict}");
}

#[test]
fn a_journal_that_is_a_file_costs_a_warning_and_no_event() {
    let mut world = World::start();
    let file = world.journal.join("file");
    fs::write(&file, "not a directory").expect("a file");
    world.journal = file;
    let mut program = world.program("d");
    program.expect_ready();
    program.expect("log everywhere 40", "done");
    program.flush();
    assert!(program.end("drop").success());
    assert_eq!(world.stderr().matches("cannot be written").count(), 1, "{}", world.stderr());
    world.judge_all().check_once();
    let folder = world.journal.parent().expect("a folder").to_owned();
    world.journal = folder;
}

/// Whoever writes beyond such a limit is ended by the system.
#[test]
#[cfg(target_os = "linux")]
fn a_limit_on_the_size_of_files_ends_no_process() {
    if !is_able_to_limit() {
        return println!("skipped: `setpriv` and `prlimit` cannot be used here");
    }
    let mut world = World::start();
    let mut command = Command::new("prlimit");
    command.args(["--fsize=4096", SURVIVOR]);
    let mut program = world.program_of(command, "d");
    program.expect_ready();
    program.expect("log everywhere 200", "done");
    program.flush();
    assert!(world.stderr().contains("ulimit -f"), "{}", world.stderr());
    assert!(program.end("drop").success());
    assert!(!world.journal.join("v1").exists(), "nothing is written");
    world.judge_all().check_once();
}

#[test]
#[cfg(target_os = "linux")]
fn a_journal_that_may_not_be_written_costs_a_warning_and_no_event() {
    if !is_able_to_limit() {
        return println!("skipped: `setpriv` and `prlimit` cannot be used here");
    }
    let mut world = World::start();
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups", SURVIVOR]);
    let mut program = world.program_of(command, "d");
    program.expect_ready();
    program.expect("log everywhere 40", "done");
    program.wait_for_words("cannot be written");
    program.flush();
    assert!(program.end("drop").success());
    world.judge_all().check_once();
}

/// A disk of two mebibytes.
struct SmallDisk<'p>(&'p Path);

impl SmallDisk<'static> {
    fn mount(at: &Path) -> Option<Self> {
        let mut mount = Command::new("mount");
        let status = mount.args(["-t", "tmpfs", "-o", "size=2m", "tmpfs"]).arg(at).output().ok()?.status;
        status.success().then(|| Self(Box::leak(at.to_owned().into_boxed_path())))
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        // Files that are still open go with the last of them.
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}
