//! The copy of a store in the cache: whatever a crash, housekeeping or somebody else has made of it, no decision follows from
//! it that the store itself doesn't give.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{Remote, Team};

/// Storefront 1 is live and needs orders, of which 1 is live and 2 is broken.
fn shop() -> Team {
    let team = Team::git("storefront orders");
    team.publish("orders@1", &[]);
    team.publish("orders@2", &[]);
    team.publish("storefront@1", &[("orders", "list")]);
    team.verify("orders@1", "list");
    team.verify("orders@2", "");
    team.deploy("orders@1 storefront@1");
    assert_eq!(team.asks("orders@2"), "deny 1 G101");
    team
}

/// The folder of the copy, and of what is beside it.
fn cache(team: &Team) -> PathBuf {
    let stores = team.remote().path("cache/stores");
    fs::read_dir(stores).unwrap().next().unwrap().unwrap().path()
}

fn repository(team: &Team) -> PathBuf {
    cache(team).join("repository.git")
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() { open.push(path) } else { files.push(path) }
        }
    }
    files
}

fn git(team: &Team, arguments: &[&str]) -> String {
    let folder = repository(team).strip_prefix(team.remote().root()).unwrap().to_str().unwrap().to_owned();
    team.remote().git_at(&folder, arguments)
}

fn empty(files: impl IntoIterator<Item = PathBuf>) {
    files.into_iter().for_each(|file| fs::write(file, "").unwrap());
}

#[test]
fn a_rewound_store_is_noticed_whatever_became_of_the_memory() {
    type Loss = (&'static str, fn(&Team));
    let losses: [Loss; 8] = [
        ("nothing", |_| ()),
        ("packed references", |team| drop(git(team, &["pack-refs", "--all"]))),
        ("emptied references", |team| empty(files(&repository(team).join("refs")))),
        ("lost references", |team| fs::remove_dir_all(repository(team).join("refs/upheld/seen")).unwrap()),
        ("an emptied memory", |team| empty(files(&cache(team).join("seen")))),
        ("a lost memory", |team| fs::remove_dir_all(cache(team).join("seen")).unwrap()),
        ("everything emptied", |team| {
            empty(files(&repository(team).join("refs")));
            empty(files(&cache(team).join("seen")));
        }),
        ("a lost copy", |team| fs::remove_dir_all(repository(team)).unwrap()),
    ];
    let team = shop();
    let store = team.commit();
    let before = team.remote().git(&["rev-parse", "main~1"]);
    for (what, lose) in losses {
        team.remote().git(&["update-ref", "refs/heads/main", &store]);
        team.ok("store trust");
        assert_eq!(team.asks("orders@1"), "allow 0", "{what}");
        lose(&team);
        // Storefront is not live in what is left.
        team.remote().git(&["update-ref", "refs/heads/main", &before]);
        assert_eq!(team.asks("orders@2"), "deny 4 G305", "{what}");
        // And it stays like that until somebody trusts it.
        assert_eq!(team.asks("orders@2"), "deny 4 G305", "{what}");
        let lint = team.upheld("store lint");
        assert!(lint.code == Some(2) && lint.stdout.contains("S203"), "{what}\n{lint}");
        team.ok("store trust");
        assert_eq!(team.asks("orders@2"), "allow 0", "{what}");
    }
}

#[test]
fn a_memory_that_can_t_be_read_says_so_and_what_to_do() {
    let team = shop();
    empty(files(&cache(&team).join("seen")));
    empty(files(&repository(&team).join("refs")));
    let said = team.gate("orders@1");
    assert_eq!(said.code, Some(4), "{said}");
    assert!(said.stdout.contains("G305 unknown  it is unknown whether the history of the store "), "{said}");
    assert!(said.stdout.contains("can't be read\n") && said.stdout.contains("upheld store trust"), "{said}");
    team.ok("store trust");
    assert_eq!(team.asks("orders@1"), "allow 0");
}

#[test]
fn what_was_put_aside_counts_only_with_the_signature_of_this_user() {
    let team = shop();
    let aside = files(&cache(&team).join("aside"));
    assert!(!aside.is_empty());
    let nothing_live = |value: &[u8]| {
        let mut value: serde_json::Value = serde_json::from_slice(value).unwrap();
        for (_, service) in value["services"].as_object_mut().into_iter().flatten() {
            service[1]["live"] = serde_json::json!([]);
        }
        if value.get("names").is_some() {
            value["names"]["current"] = serde_json::json!({ "orders": "nobody" });
        }
        serde_json::to_vec(&value).unwrap()
    };
    for file in &aside {
        let signed = fs::read(file).unwrap();
        let (signature, value) = signed.split_at(32);
        let forged = nothing_live(value);
        assert_ne!(forged, value);
        for forgery in [[signature, &forged].concat(), forged, Vec::new()] {
            fs::write(file, forgery).unwrap();
            assert_eq!(team.asks("orders@2"), "deny 1 G101");
        }
    }
    // With another key than that of the user who wrote it, it is made again.
    let key = files(team.world.root()).into_iter().find(|path| path.ends_with("upheld/key")).unwrap();
    fs::write(&key, [7; 32]).unwrap();
    assert_eq!(team.asks("orders@2"), "deny 1 G101");
    assert!(!files(&team.remote().path("cache")).contains(&key));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::remove_file(&key).unwrap();
        assert_eq!(team.asks("orders@2"), "deny 1 G101");
        assert_eq!(key.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn an_object_with_another_one_s_name_is_not_taken_for_it() {
    let team = shop();
    let object = |id: &str| repository(&team).join("objects").join(&id[..2]).join(&id[2..]);
    let put = |id: &str, forged: &str| {
        let _ = fs::remove_file(object(id));
        fs::copy(object(forged), object(id)).unwrap();
    };
    let tree = |path: &str| team.remote().git(&["rev-parse", &format!("main:{path}")]);
    let folder = tree("deployments/production");
    fs::write(team.remote().path("tree"), "").unwrap();
    let nothing = git(&team, &["hash-object", "-w", "-t", "tree", team.remote().path("tree").to_str().unwrap()]);
    let before = fs::read(object(&folder)).unwrap();
    // What was derived from the real one is no help.
    fs::remove_dir_all(cache(&team).join("aside")).unwrap();
    put(&folder, &nothing);
    let said = team.gate("orders@2");
    assert_eq!(said.code, Some(5), "{said}");
    assert!(said.stderr.contains("is missing or damaged") && said.stderr.contains("delete that folder"), "{said}");
    fs::remove_file(object(&folder)).unwrap();
    fs::write(object(&folder), before).unwrap();
    assert_eq!(team.asks("orders@2"), "deny 1 G101");
}

#[test]
fn a_copy_with_other_settings_is_healed() {
    let team = shop();
    let elsewhere = Remote::new();
    elsewhere.import("commit refs/heads/main\ncommitter A <a@b.example> 1764000000 +0000\ndata 3\nold\nM 100644 inline README.md\ndata 2\nhi\n");
    let evil =
        format!("[url \"{}\"]\n\tinsteadOf = {}\n", elsewhere.address(), team.remote().address()).replace("git+", "");
    let tip = team.commit();
    let orphan = team.remote().git(&["rev-list", "--max-parents=0", "main"]);
    let settings: [(&str, String); 8] = [
        ("HEAD", String::new()),
        ("HEAD", String::from("ref: refs/heads/main\n")),
        ("config", String::new()),
        ("config", evil.clone()),
        ("config", format!("[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectformat = sha512\n{evil}")),
        ("shallow", format!("{tip}\n")),
        ("info/grafts", format!("{tip}\n")),
        ("objects/info/alternates", elsewhere.path("remote.git/objects").display().to_string()),
    ];
    for (name, text) in settings {
        let file = repository(&team).join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, &text).unwrap();
        assert_eq!(team.asks("orders@2"), "deny 1 G101", "{name}: {text}");
        assert_eq!(team.asks("orders@1"), "allow 0", "{name}: {text}");
    }
    // One commit in another one's place.
    let replace = repository(&team).join("refs/replace");
    fs::create_dir_all(&replace).unwrap();
    fs::write(replace.join(&tip), format!("{orphan}\n")).unwrap();
    assert_eq!(team.asks("orders@2"), "deny 1 G101");
    // And what isn't a repository any more is made again.
    fs::remove_dir_all(repository(&team).join("objects")).unwrap();
    assert_eq!(team.asks("orders@2"), "deny 1 G101");
}

/// A `git` before the real one on the path.
#[cfg(unix)]
fn with_git(mut team: Team, script: &str) -> Team {
    use std::os::unix::fs::PermissionsExt as _;
    let paths = std::env::var_os("PATH").unwrap();
    let real = std::env::split_paths(&paths).map(|folder| folder.join("git")).find(|git| git.is_file()).unwrap();
    team.world.write("bin/git", format!("#!/bin/sh\n{script}\nexec '{}' \"$@\"\n", real.display()));
    fs::set_permissions(team.world.path("bin/git"), fs::Permissions::from_mode(0o755)).unwrap();
    let path = std::env::join_paths(std::iter::once(team.world.path("bin")).chain(std::env::split_paths(&paths)));
    let path = path.unwrap().into_string().unwrap();
    team.world = team.world.variable("PATH", path);
    team
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_not_blamed_on_git() {
    let team = with_git(
        shop(),
        "case \" $* \" in *' init '*) echo 'fatal: write error: No space left on device' >&2; exit 128;; esac",
    );
    team.forget_copy();
    let said = team.gate("orders@1");
    assert_eq!(said.code, Some(5), "{said}");
    assert!(said.stderr.contains("a disk is full") && !said.stderr.contains("2.31"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_lock_that_a_crash_has_left_on_the_server_is_named() {
    let team = shop();
    team.publish("orders@3", &[]);
    team.remote().write("remote.git/refs/heads/main.lock", "");
    let said = team.upheld("deployed orders@3 --to production --store-timeout 1s");
    assert_eq!(said.code, Some(5), "{said}");
    assert!(said.stderr.contains("its branch stayed locked for 1 s, and nobody wrote to it"), "{said}");
    assert!(said.stderr.contains("main.lock'") && said.stderr.contains("delete the file there"), "{said}");
    assert!(!said.stderr.contains("--store-timeout"), "more time doesn't help\n{said}");
    fs::remove_file(team.remote().path("remote.git/refs/heads/main.lock")).unwrap();
    team.ok("deployed orders@3 --to production --store-timeout 1s");
}

#[cfg(unix)]
#[test]
fn a_repository_is_asked_for_the_store_s_branch_alone() {
    let team = with_git(shop(), "echo \"$@\" >> \"$HOME/calls\"");
    let store = format!("{}#main", team.remote().address());
    team.write_contracts("storefront", &[("orders", "list")]);
    for line in ["publish storefront@2", "publish storefront@2", "deployed storefront@2 --to production", "status"] {
        team.ok(&format!("{line} --store {store}"));
    }
    let calls = team.world.read("calls");
    assert!(calls.contains(" push ") && !calls.contains("ls-remote"), "{calls}");
}
