//! The codes of failures of started programs. A code never changes its meaning once it was released.

use crate::source::codes::codes;

codes! {
    /// A state command exited with a code other than 0.
    STATE_FAILED = "E211";
    /// A state command didn't exit within the time limit.
    STATE_TIMEOUT = "E212";
    /// A state command printed more than the limit.
    STATE_OUTPUT = "E213";
    /// A command doesn't exist or can't be run.
    COMMAND_NOT_FOUND = "E301";
    /// A command could not be started.
    NOT_STARTED = "E302";
    /// There is no free port to start a service on.
    NO_PORT = "E303";
    /// A service exited before it was healthy.
    ENDED_EARLY = "E304";
    /// A service wasn't healthy within the time limit.
    NOT_HEALTHY = "E305";
}
