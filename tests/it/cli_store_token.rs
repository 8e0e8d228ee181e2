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
    assert_eq!(mock.code, Some(1), "nothing asked the mock\n{mock}");
    for file in ["seen", "seen-by-tests"] {
        let seen = world.read(file);
        assert!(seen.contains("HOME=") && !seen.contains(TOKEN), "{file}\n{seen}");
    }
}

/// A world whose upheld.yaml names a store.
fn world_with_store(store: &str) -> World {
    let world = World::new().variable("GIT_CONFIG_NOSYSTEM", "1");
    world.write("contracts/upheld.yaml", format!("upheld: 1\nstore: \"{store}\"\nservices:\n  orders: {{}}\n"));
    world
}

/// The commands that use a store.
const USES: [&str; 6] = [
    "gate orders@1 --to production",
    "status",
    "store lint",
    "store init",
    "deployed orders@1 --to production",
    "publish orders@1 --no-contracts",
];

#[test]
fn a_token_is_not_sent_where_only_the_checkout_wants_it() {
    let server = Provider::new(|_| Answer::status(404));
    let address = format!("git+{}/evil.git", server.url());
    let world = world_with_store(&address).variable("UPHELD_STORE_TOKEN", TOKEN);
    for line in USES {
        let output = world.upheld(line.split(' '));
        assert_eq!(output.code, Some(2), "{line}\n{output}");
        let text = output.to_string();
        assert!(text.contains("UPHELD_STORE_TOKEN isn't sent to http://127.0.0.1:"), "{line}\n{output}");
        assert!(!text.contains(TOKEN), "{output}");
    }
    assert_eq!(server.lines(), [""; 0], "the server isn't even asked");
    // Beside the token, the same address is the user's own.
    let world = world.variable("UPHELD_STORE", address.as_str());
    assert_eq!(world.upheld(["status"]).code, Some(5));
    let requests = server.requests();
    assert!(!requests.is_empty() && requests.iter().all(|one| one.header("authorization") == Some(HEADER)));
    // An address that takes no token may be in the file.
    let world = world_with_store("git+file:///nowhere/at/all.git").variable("UPHELD_STORE_TOKEN", TOKEN);
    assert_eq!(world.upheld(["status"]).code, Some(5));
}

#[test]
fn a_variable_is_not_sent_where_only_the_checkout_wants_it() {
    let server = Provider::new(|_| Answer::status(404));
    let host = server.url().trim_start_matches("http://").to_owned();
    let stores = [
        format!("git+http://{host}/${{SECRET}}.git"),
        format!("git+http://ann:${{SECRET}}@{host}/a.git"),
        format!("git+http://{host}/a.git#${{SECRET}}"),
        format!("git+${{PROTOCOL}}://{host}/${{SECRET}}.git"),
        format!("git+http://{host}/${{NONE:-a}}${{SECRET}}.git"),
    ];
    for store in &stores {
        let world = world_with_store(store).variable("SECRET", TOKEN).variable("PROTOCOL", "http");
        for line in USES {
            let output = world.upheld(line.split(' '));
            assert_eq!(output.code, Some(2), "{store}\n{output}");
            assert!(!output.to_string().contains(TOKEN), "{store}\n{output}");
        }
    }
    let world = world_with_store("${UPHELD_STORE_TOKEN}").variable("UPHELD_STORE_TOKEN", TOKEN);
    let output = world.upheld(["status"]);
    assert!(output.code == Some(2) && !output.to_string().contains(TOKEN), "{output}");
    assert_eq!(server.lines(), [""; 0]);
    // The variable's own address is the user's.
    for store in ["${STORE}", "git+${STORE}#main", "${BASE}/contracts.git"] {
        let world = world_with_store(store)
            .variable("STORE", format!("git+http://{host}/contracts.git").as_str())
            .variable("BASE", format!("http://{host}").as_str());
        let world = if store.starts_with("git+") {
            world.variable("STORE", format!("http://{host}/contracts.git"))
        } else {
            world
        };
        assert_eq!(world.upheld(["status"]).code, Some(5), "{store}");
        assert!(server.lines().last().is_some_and(|line| line.starts_with("GET /contracts.git/")), "{store}");
    }
}

/// What any program on this machine can see of others' command lines.
#[cfg(target_os = "linux")]
fn command_lines() -> String {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = processes.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    lines.map(|line| String::from_utf8_lossy(&line).replace('\0', " ") + "\n").collect()
}

#[cfg(target_os = "linux")]
#[test]
fn a_password_in_an_address_reaches_its_server_and_is_neither_shown_nor_on_a_command_line() {
    let seen = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let at_request = std::sync::Arc::clone(&seen);
    let server = Provider::new(move |_| {
        at_request.lock().unwrap().push_str(&command_lines());
        Answer::status(404)
    });
    let host = server.url().trim_start_matches("http://").to_owned();
    for (password, header) in [
        ("hunter2-x", "Basic YW5uOmh1bnRlcjIteA=="),
        ("hunter2'x", "Basic YW5uOmh1bnRlcjIneA=="),
        ("hunter2 x", "Basic YW5uOmh1bnRlcjIgeA=="),
        ("hunter2%2Fx", "Basic YW5uOmh1bnRlcjIveA=="),
    ] {
        let address = format!("git+http://ann:{password}@{host}/a.git");
        let world = World::new().variable("GIT_CONFIG_NOSYSTEM", "1").variable("UPHELD_STORE", address.as_str());
        for line in USES {
            let output = world.upheld(line.split(' '));
            assert_eq!(output.code, Some(5), "{line}\n{output}");
            assert!(!output.to_string().contains("hunter2"), "{line}\n{output}");
        }
        let requests = server.requests();
        assert!(requests.last().unwrap().header("authorization") == Some(header), "{password}: {requests:?}");
    }
    // Others on this machine have passwords of their own.
    let seen: String = seen.lock().unwrap().lines().filter(|line| line.contains(&host)).collect();
    assert!(seen.contains("remote-http"), "{seen}");
    assert!(!seen.contains("hunter2"), "{seen}");
}

#[test]
fn a_password_is_not_shown_whatever_is_wrong_with_its_address() {
    let world = World::new();
    for store in [
        "https://ann:hunter/2x@127.0.0.1:1/a.git",
        "https://ann:hunter#2x@127.0.0.1:1/a.git",
        "https://ann:hunter?2x@127.0.0.1:1/a.git",
        "https://hunter/2x@127.0.0.1:1/a.git",
        "https://ann:hunter'2x@127.0.0.1:1/a.git#-x",
        "htps://ann:hunter 2x@127.0.0.1:1/a.git",
        "https//ann:hunter'2x@127.0.0.1:1/a.git",
        "ann:hunter 2x@127.0.0.1:a.git",
        "git+ann:hunter'2x@127.0.0.1",
        "ssh://ann:hunter/2x@127.0.0.1:1/a.git",
        "https://127.0.0.1:1/a.git?token=hunter2x",
    ] {
        for line in ["status", "gate orders@1 --to production --report github", "store lint --report json"] {
            let output = world.upheld(line.split(' ').chain(["--store", store]));
            let text = output.to_string();
            assert!(output.code == Some(5) && !text.contains("hunter") && !text.contains("2x"), "{store}\n{output}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_provider_can_t_read_the_token_from_the_program_that_started_it() {
    let world = World::with("  - name: get\n    request: GET /a\n    response: { status: 204 }\n");
    let world = world.variable("UPHELD_STORE_TOKEN", TOKEN);
    world.registry("  orders: { start: \"cat /proc/$PPID/environ > seen; echo done > ended; exit 1\" }\n");
    assert_eq!(world.upheld(["verify", "orders"]).code, Some(5));
    assert_eq!(world.read("ended"), "done\n");
    let seen = std::fs::read(world.path("seen")).unwrap();
    assert!(!String::from_utf8_lossy(&seen).contains(TOKEN), "{}", String::from_utf8_lossy(&seen));
}
