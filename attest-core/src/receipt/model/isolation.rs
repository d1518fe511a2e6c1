//! What kept the steps apart from the rest of the machine.

/// What kept the steps apart from the rest of the machine.
///
/// ```
/// # use attest_core::receipt::Receipt;
/// use attest_core::receipt::{ControlStatus, IsolationMode};
///
/// # let bytes = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/receipt.json"));
/// # let receipt = Receipt::parse(bytes)?;
/// let isolation = receipt.body().isolation.as_ref().ok_or("it does not say")?;
/// assert_ne!(isolation.mode, IsolationMode::None);
/// let network = isolation.controls.iter().find(|control| control.name == "network");
/// assert!(network.is_some_and(|control| control.status == ControlStatus::Enforced));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Isolation {
    /// The kind of isolation.
    pub mode: IsolationMode,
    /// Such as `linux`.
    pub platform: String,
    /// Each control, and whether it was in force.
    pub controls: Vec<Control>,
    /// Steps that ran in a capsule.
    pub capsule_steps: Vec<String>,
}

/// The kind of isolation.
///
/// ```
/// use attest_core::receipt::IsolationMode;
///
/// let words: Vec<_> = IsolationMode::ALL.map(IsolationMode::as_str).into();
/// assert_eq!(words, ["none", "process", "container", "strict-container"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IsolationMode {
    /// Ordinary processes.
    None,
    /// Limits on ordinary processes.
    Process,
    /// Namespaces of their own.
    Container,
    /// Namespaces of their own, and nothing shared that was not declared.
    StrictContainer,
}

impl IsolationMode {
    /// Every mode.
    pub const ALL: [Self; 4] = [
        Self::None,
        Self::Process,
        Self::Container,
        Self::StrictContainer,
    ];

    /// Its word in a receipt.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Process => "process",
            Self::Container => "container",
            Self::StrictContainer => "strict-container",
        }
    }
}

/// One control and whether it was in force.
///
/// ```
/// use attest_core::receipt::{Control, ControlStatus};
///
/// let control = Control {
///     name: "network".to_owned(),
///     status: ControlStatus::NotEnforced,
///     detail: "the pipeline asks for the network".to_owned(),
/// };
/// assert_eq!(format!("{}: {}", control.name, control.status.as_str()), "network: not-enforced");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// Such as `network`.
    pub name: String,
    /// Whether it was in force.
    pub status: ControlStatus,
    /// How, or why not.
    pub detail: String,
}

/// Whether a control was in force.
///
/// ```
/// use attest_core::receipt::ControlStatus;
///
/// let of_word = |word| ControlStatus::ALL.into_iter().find(|status| status.as_str() == word);
/// assert_eq!(of_word("not-available"), Some(ControlStatus::NotAvailable));
/// assert_eq!(of_word("maybe"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ControlStatus {
    /// It was.
    Enforced,
    /// It was not.
    NotEnforced,
    /// The machine has none.
    NotAvailable,
}

impl ControlStatus {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Enforced, Self::NotEnforced, Self::NotAvailable];

    /// Its word in a receipt.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enforced => "enforced",
            Self::NotEnforced => "not-enforced",
            Self::NotAvailable => "not-available",
        }
    }
}
