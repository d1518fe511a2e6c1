//! What a step in bubblewrap cannot reach. Each of these is possible without it.

use std::path::PathBuf;

use attest_server::sandbox::{Isolation, SandboxError, SandboxPolicy};
use attest_server::step::Reason;

use crate::fixture::{Fixture, Log, Mode, bubblewrap};

#[tokio::test]
async fn neither_the_data_directory_nor_the_project_nor_a_home_exists() {
    let Some(mode) = bubblewrap() else { return };
    let fixture = Fixture::new(mode, &[]);
    let data = fixture.dir.path().join("data");
    std::fs::write(data.join("signing-key.pem"), "secret").unwrap();
    let script = format!(
        "cat {0}/signing-key.pem; chmod 777 {0}; ls {0} {1} /root /home /run /var; find / -name signing-key.pem 2>/dev/null; ls /",
        data.display(),
        fixture.dir.path().display()
    );
    let outcome = fixture.run(fixture.request(&script)).await;
    assert!(
        !outcome.stdout.contains("secret") && !outcome.stdout.contains("signing-key"),
        "{outcome:?}"
    );
    for hidden in ["root", "run", "var", "work"] {
        assert!(
            !outcome.stdout.lines().any(|line| line == hidden),
            "{hidden}: {}",
            outcome.stdout
        );
    }
    use std::os::unix::fs::PermissionsExt as _;
    assert_ne!(data.metadata().unwrap().permissions().mode() & 0o777, 0o777);
}

#[tokio::test]
async fn a_data_directory_below_a_visible_one_is_covered() {
    let Some(mode) = bubblewrap() else { return };
    // `/opt` is visible to steps.
    let Ok(hidden) = tempfile::tempdir_in("/opt") else {
        return;
    };
    std::fs::write(hidden.path().join("key"), "secret").unwrap();
    let policy = |isolation, _: &std::path::Path| {
        SandboxPolicy::new(isolation, &[], &[hidden.path().to_path_buf()], true).unwrap()
    };
    let fixture = Fixture::with_policy(mode, &[], policy);
    let script = format!("cat {}/key", hidden.path().display());
    let outcome = fixture.run(fixture.request(&script)).await;
    assert_eq!(outcome.exit_code, Some(1), "{outcome:?}");
    assert_eq!(outcome.stdout, "");
}

#[tokio::test]
async fn no_process_outside_is_visible_and_nothing_of_the_server_is_inherited() {
    let Some(mode) = bubblewrap() else { return };
    let fixture = Fixture::new(mode, &[]);
    let script = "cat /proc/[0-9]*/cmdline | tr '\\0' ' '; cat /proc/[0-9]*/environ | tr '\\0' '\\n'; ls -l /proc/self/fd /proc/1/fd >&2";
    let outcome = fixture.run(fixture.request(script)).await;
    assert!(
        !outcome.stdout.contains("attest-supervise"),
        "{}",
        outcome.stdout
    );
    assert!(
        !outcome.stdout.contains("CARGO"),
        "the test's own environment must not show"
    );
    assert!(!outcome.stderr.contains("socket:"), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("memfd"), "{}", outcome.stderr);
    let mut foreign: Vec<&str> = outcome
        .stderr
        .lines()
        .filter_map(|line| line.split_once(" -> ").map(|(_, to)| to))
        .filter(|to| to.starts_with("pipe:"))
        .collect();
    foreign.sort_unstable();
    foreign.dedup();
    assert!(foreign.len() <= 2, "{foreign:?}");
}

#[tokio::test]
async fn an_open_directory_that_the_server_was_started_with_is_not_handed_on() {
    for mode in crate::fixture::modes() {
        let fixture = Fixture::new(mode, &[]);
        let secrets = fixture.dir.path().join("data/handed-down");
        std::fs::create_dir(&secrets).unwrap();
        // As a shell that started the server may have left it.
        let open = std::fs::File::open(&secrets).unwrap();
        rustix::io::fcntl_setfd(&open, rustix::io::FdFlags::empty()).unwrap();
        let outcome = fixture
            .run(fixture.request("ls -l /proc/self/fd /proc/1/fd"))
            .await;
        assert!(!outcome.stdout.contains("handed-down"), "{outcome:?}");
    }
}

#[tokio::test]
async fn a_step_cannot_regain_capabilities_in_a_namespace_of_its_own() {
    let Some(mode) = bubblewrap() else { return };
    let fixture = Fixture::new(mode, &[]);
    let forbids = matches!(
        fixture.runner.sandbox.isolation(),
        Isolation::Bubblewrap {
            forbids_nesting: true,
            ..
        }
    );
    if !forbids {
        eprintln!("skipped: this bubblewrap is older than 0.8");
        return;
    }
    let outcome = fixture
        .run(fixture.request("unshare -U true && echo nested; :"))
        .await;
    assert_eq!(outcome.stdout, "", "{outcome:?}");
}

#[tokio::test]
async fn of_the_systems_settings_only_what_everybody_may_read_is_shown() {
    let Some(mode) = bubblewrap() else { return };
    let fixture = Fixture::new(mode, &[]);
    let script = "cat /etc/shadow; find /etc -type f ! -perm -o=r; \
                  find /etc -type d ! -perm -o=rx -exec ls -A {} ';'; touch /etc/ssl/private/x && echo wrote; :";
    let outcome = fixture.run(fixture.request(script)).await;
    assert_eq!((outcome.exit_code, outcome.stdout.as_str()), (Some(0), ""));
}

#[tokio::test]
async fn no_capability_is_left_and_system_files_cannot_be_written() {
    let Some(mode) = bubblewrap() else { return };
    let fixture = Fixture::new(mode, &[]);
    let script = "grep -E 'Cap(Eff|Prm|Bnd|Inh|Amb)' /proc/self/status; \
                  touch /usr/x /etc/x /opt/x && echo wrote; mount -t tmpfs none /tmp && echo mounted; \
                  mknod dev b 8 0 && echo device; \
                  chown 12345 . && echo owned; :";
    let outcome = fixture.run(fixture.request(script)).await;
    let words: Vec<&str> = outcome.stdout.lines().collect();
    assert_eq!(words.len(), 5, "{outcome:?}");
    assert!(
        words
            .iter()
            .all(|line| line.ends_with("\t0000000000000000")),
        "{words:?}"
    );
}

#[tokio::test]
async fn the_kernel_settings_of_the_machine_cannot_be_written() {
    let Some(mode) = bubblewrap() else { return };
    let fixture = Fixture::new(mode, &[]);
    // What it writes is what is there, so that a failure of this test harms nobody.
    let script = "v=$(cat /proc/sys/kernel/core_pattern); echo \"$v\" > /proc/sys/kernel/core_pattern && echo wrote; \
                  [ -w /proc/sysrq-trigger ] && echo sysrq; cat /proc/kcore /proc/keys /proc/kmsg; \
                  find /proc/sys /proc/irq /proc/bus /proc/fs -writable 2>/dev/null; \
                  unshare -Urm sh -c 'umount /proc/sys && echo bare; mount -o remount,rw,bind /proc/sys && echo rw'; :";
    let outcome = fixture.run(fixture.request(script)).await;
    assert_eq!(
        (outcome.exit_code, outcome.stdout.as_str()),
        (Some(0), ""),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn devices_work_and_their_modes_cannot_be_changed() {
    let Some(mode) = bubblewrap() else { return };
    let fixture = Fixture::new(mode, &[]);
    // The mode it sets is the one that is there.
    let script = "for d in null zero full random urandom tty; do chmod 666 /dev/$d && echo $d; done 2>/dev/null; \
                  head -c 3 /dev/zero | wc -c; echo x > /dev/full || echo full; head -c 2 /dev/urandom | wc -c; touch /dev/shm/x";
    let outcome = fixture.run(fixture.request(script)).await;
    assert_eq!(
        (outcome.exit_code, outcome.stdout.as_str()),
        (Some(0), "3\nfull\n2\n"),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn the_environment_of_a_step_is_in_no_command_line_and_not_acted_on_outside() {
    let Some(mode) = bubblewrap() else { return };
    let fixture = Fixture::new(mode, &[]);
    let log = Log::default();
    let mut request = fixture.request("echo ready; while [ ! -e go ]; do sleep 0.01; done");
    let secret = format!("token-{}", std::process::id());
    request.env.insert("TOKEN".to_owned(), secret.clone());
    let trap = fixture.dir.path().join("loaded");
    request
        .env
        .insert("LD_DEBUG".to_owned(), "files".to_owned());
    request
        .env
        .insert("LD_DEBUG_OUTPUT".to_owned(), trap.display().to_string());
    let watcher = async {
        log.wait_for("ready").await;
        let seen = std::fs::read_dir("/proc").unwrap().flatten().any(|entry| {
            std::fs::read(entry.path().join("cmdline"))
                .is_ok_and(|line| String::from_utf8_lossy(&line).contains(&secret))
        });
        std::fs::write(log.supervisor().unwrap().scratch.join("workspace/go"), "").unwrap();
        assert!(!seen);
    };
    let (outcome, ()) = tokio::join!(
        fixture.run_with(request, log.clone(), std::future::pending()),
        watcher
    );
    assert_eq!(outcome.unwrap().exit_code, Some(0));
    let written = std::fs::read_dir(fixture.dir.path()).unwrap().flatten();
    assert!(
        written
            .into_iter()
            .all(|entry| !entry.file_name().to_string_lossy().starts_with("loaded")),
        "the loader of a program outside the sandbox acted on the step's environment"
    );
}

#[tokio::test]
async fn without_the_network_nothing_but_loopback_is_there() {
    let Some(mode) = bubblewrap() else { return };
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let script = format!(
        "grep -c : /proc/net/dev; bash -c 'exec 3<>/dev/tcp/127.0.0.1/{port}' && echo reached"
    );
    let fixture = Fixture::new(mode, &[]);
    let mut request = fixture.request(&script);
    request.network = false;
    let outcome = fixture.run(request).await;
    assert_eq!(outcome.stdout.trim(), "1", "{outcome:?}");
    let outcome = fixture.run(fixture.request(&script)).await;
    assert!(outcome.stdout.contains("reached"), "{outcome:?}");

    let off =
        |isolation, _: &std::path::Path| SandboxPolicy::new(isolation, &[], &[], false).unwrap();
    let fixture = Fixture::with_policy(mode, &[], off);
    let outcome = fixture.run(fixture.request(&script)).await;
    assert_eq!(
        outcome.stdout.trim(),
        "1",
        "a server without the network gives it to no step"
    );
}

#[tokio::test]
async fn without_bubblewrap_a_step_that_must_not_have_the_network_does_not_run() {
    let fixture = Fixture::new(Mode::Plain, &[]);
    let mut request = fixture.request("echo ran");
    request.network = false;
    let outcome = fixture.run(request).await;
    assert_eq!(
        (outcome.exit_code, outcome.reason),
        (Some(125), Some(Reason::NotStarted))
    );
    assert_eq!(outcome.stdout, "");
}

#[tokio::test]
async fn an_allowed_path_is_readable_and_not_writable() {
    let Some(mode) = bubblewrap() else { return };
    let shared = tempfile::tempdir().unwrap();
    std::fs::write(shared.path().join("f"), "shared").unwrap();
    let allow = [shared.path().to_path_buf()];
    let policy =
        |isolation, _: &std::path::Path| SandboxPolicy::new(isolation, &allow, &[], true).unwrap();
    let fixture = Fixture::with_policy(mode, &[], policy);
    let script = format!("cat {0}/f; touch {0}/g", shared.path().display());
    let outcome = fixture.run(fixture.request(&script)).await;
    assert_eq!(
        (outcome.exit_code, outcome.stdout.as_str()),
        (Some(1), "shared"),
        "{outcome:?}"
    );
}

#[test]
fn an_allowed_path_that_shows_secrets_or_does_not_exist_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    std::fs::create_dir_all(data.join("inner")).unwrap();
    std::os::unix::fs::symlink(&data, dir.path().join("link")).unwrap();
    for path in [
        dir.path().to_path_buf(),
        data.clone(),
        data.join("inner"),
        dir.path().join("link/inner"),
        dir.path().join("missing"),
        PathBuf::from("/"),
        PathBuf::from("/proc"),
        PathBuf::from("relative"),
    ] {
        let refused = SandboxPolicy::new(
            Isolation::None,
            std::slice::from_ref(&path),
            std::slice::from_ref(&data),
            true,
        );
        assert!(
            matches!(refused, Err(SandboxError::AllowRead { .. })),
            "{}",
            path.display()
        );
    }
}

#[test]
fn a_machine_without_bubblewrap_is_told_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let error = Isolation::bubblewrap(dir.path().as_os_str(), dir.path()).unwrap_err();
    assert!(error.to_string().contains("--isolation none"), "{error}");
    let fake = dir.path().join("bwrap");
    std::fs::write(
        &fake,
        "#!/bin/sh\necho 'no permission for namespaces' >&2; exit 1\n",
    )
    .unwrap();
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(&fake, std::fs::Permissions::from_mode(0o755)).unwrap();
    let error = Isolation::bubblewrap(dir.path().as_os_str(), dir.path()).unwrap_err();
    assert!(
        error.to_string().contains("no permission for namespaces"),
        "{error}"
    );
}
