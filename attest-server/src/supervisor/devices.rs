//! Device nodes that a step cannot change the mode of.
//!
//! Bubblewrap shows a step the machine's own `/dev/null` and its like. Where the server runs as root the step owns them, as
//! far as the kernel is concerned, and owning is all that `chmod` asks for. So the supervisor makes them read-only mounts in
//! a mount namespace of its own first, which bubblewrap's copies inherit; reading and writing devices still works on those.

use rustix::mount::{MountFlags, MountPropagationFlags, mount_bind, mount_change, mount_remount};
use rustix::thread::UnshareFlags;

/// The nodes bubblewrap takes from the machine.
const NODES: [&str; 6] = [
    "/dev/null",
    "/dev/zero",
    "/dev/full",
    "/dev/random",
    "/dev/urandom",
    "/dev/tty",
];

/// Protects the nodes from what this process starts. Nothing to do where it is not root; a root that may not mount (in a
/// container without that capability) goes without, and can then only change the modes of that container's nodes.
pub(super) fn protect() {
    if rustix::process::geteuid().is_root() && own_mounts().is_ok() {
        for node in NODES {
            let flags =
                MountFlags::BIND | MountFlags::RDONLY | MountFlags::NOSUID | MountFlags::NOEXEC;
            let _ = mount_bind(node, node).and_then(|()| mount_remount(node, flags, ""));
        }
    }
}

fn own_mounts() -> rustix::io::Result<()> {
    #[expect(
        deprecated,
        reason = "unsafe only for file tables shared between threads; this takes mounts, in a process of one thread"
    )]
    rustix::thread::unshare(UnshareFlags::NEWNS)?;
    // Nothing that is mounted here may reach the machine.
    mount_change(
        "/",
        MountPropagationFlags::DOWNSTREAM | MountPropagationFlags::REC,
    )
}
