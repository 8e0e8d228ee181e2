//! The token for a store on a web server: who receives it, and who never sees it.

use crate::support::{Answer, Provider, World};

const TOKEN: &str = "s3cret-t0ken";
/// The header that git sends for it.
const HEADER: &str = "Basic eC1hY2Nlc3MtdG9rZW46czNjcmV0LXQwa2Vu";

#[test]
fn a_token_reaches_the_store_s_server_and_is_never_shown() {
    // The server has no store, and sends back what it received.
    let server = Provider::new(|request| {
        Answer::text(403, &format!("no: {} {TOKEN}", request.header("authorization").unwrap_or_default()))
    });
    let store = format!("git+{}/acme/contracts.git", server.url());
    let world = World::new().variable("UPHELD_STORE_TOKEN", TOKEN).variable("GIT_CONFIG_NOSYSTEM", "1");
    for line in ["status", "gate orders@1 --to production", "gate orders@1 --to production --report github"] {
        let output = world.upheld(line.split(' ').chain(["--store", &store]));
        assert_eq!(output.code, Some(5), "{output}");
        let text = output.to_string();
        assert!(!text.contains(TOKEN) && !text.contains(HEADER), "{output}");
    }
    let requests = server.requests();
    assert!(!requests.is_empty());
    for request in requests {
        assert_eq!(request.header("authorization"), Some(HEADER), "{}", request.line());
    }
    // No file of the copy contains it.
    let mut open = vec![world.root().to_path_buf()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
            assert!(!text.contains(TOKEN) && !text.contains(HEADER), "{}", path.display());
        }
    }
}

#[test]
fn an_invalid_token_is_refused_and_not_shown() {
    let world = World::new().variable("UPHELD_STORE_TOKEN", format!("{TOKEN}\nX-Evil: 1"));
    let output = world.upheld(["status", "--store", "https://127.0.0.1:1/a.git"]);
    insta::assert_snapshot!(output, @"
    ------- stderr -------
    error: UPHELD_STORE_TOKEN contains whitespace or another character that tokens don't have
    help: set it to the token alone, on one line
    [exit code 5]
    ");
}

#[cfg(unix)]
#[test]
fn a_provider_and_a_wrapped_command_do_not_see_the_token() {
    let world = World::with("  - name: get\n    request: GET /a\n    response: { status: 204 }\n");
    let world = world.variable("UPHELD_STORE_TOKEN", TOKEN);
    world.registry("  orders: { start: \"env > seen; exit 1\" }\n");
    assert_eq!(world.upheld(["verify", "orders"]).code, Some(5));
    let mock = world.upheld(["mock", "orders", "--", "sh", "-c", "env > seen-by-tests"]);
    assert_eq!(mock.code, Some(0), "{mock}");
    for file in ["seen", "seen-by-tests"] {
        let seen = world.read(file);
        assert!(seen.contains("HOME=") && !seen.contains(TOKEN), "{file}\n{seen}");
    }
}
