//! Progress bars on a terminal. There is no output where standard error is not a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Makes progress bars, one at a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Progress {
    visible: bool,
}

impl Progress {
    /// Shows bars on standard error if that is a terminal.
    pub(super) fn on_terminal() -> Self {
        Self { visible: true }
    }

    /// Shows no bars.
    pub(super) fn hidden() -> Self {
        Self { visible: false }
    }

    /// A bar of `length` steps.
    pub(super) fn begin(self, what: &'static str, length: u64) -> ProgressBar {
        // indicatif itself draws nothing where standard error is not a terminal.
        let target =
            if self.visible { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let style = ProgressStyle::with_template("{msg:22} {wide_bar} {pos}/{len}")
            .expect("the template is well-formed");
        let bar = ProgressBar::with_draw_target(Some(length), target).with_style(style);
        bar.with_message(what)
    }
}
