//! The codes of failures of started programs. A code never changes its meaning once it was released.

use crate::source::codes::codes;

codes! {
    /// A state command failed: its exit code wasn't 0.
    STATE_FAILED = "E211" => "Check its output in the report, and correct the command or the state's name.";
    /// A state command didn't finish within the time limit.
    STATE_TIMEOUT = "E212" =>
        "Find out what it is waiting for: it must exit once the state is set up. `--timeout` allows more time.";
    /// A state command printed more than Upheld reads.
    STATE_OUTPUT = "E213" =>
        "Print the returned values only, as one JSON object, and everything else to standard error.";
    /// A state command printed a JSON object that can't be read.
    STATE_VALUES = "E214" => "Have it print the values as one valid JSON object, or nothing if there are none.";
    /// A command doesn't exist or can't be executed.
    COMMAND_NOT_FOUND = "E301" =>
        "Correct the command, or add its folder to PATH. Relative paths start from the working directory.";
    /// A command couldn't be started.
    NOT_STARTED = "E302" => "See the reason in the message; it comes from the operating system.";
    /// There is no free port to start a service on.
    NO_PORT = "E303" =>
        "End processes that are no longer needed, or start the service yourself and name its address with `--url`.";
    /// A service exited before it was healthy.
    ENDED_EARLY = "E304" => "Check its output in the report. It must keep running and listen on ${PORT}.";
    /// A service wasn't healthy within the time limit.
    NOT_HEALTHY = "E305" =>
        "Check that it listens on ${PORT} and that `health` in upheld.yaml names a path that responds; `--start-timeout` allows more time.";
}
