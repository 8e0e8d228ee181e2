//! `upheld store`: creates a store, and checks every file of one, which can be a required check of the shared repository.

use insta::assert_snapshot;

use crate::support::{CommandOutput, Remote, Team, World};

#[test]
fn a_store_is_created_from_the_registry_and_never_overwritten() {
    let world = World::new();
    world.registry(
        "
  orders:
    owners: [team-orders]
    url: { local: \"http://127.0.0.1:8080\", staging: \"https://a.example\", production: \"https://b.example\" }
  storefront: {}
",
    );
    assert_snapshot!(world.upheld(["store", "init"]), @"
    wrote  store.yaml
    wrote  environments/production.yaml
    wrote  environments/staging.yaml
    wrote  services/orders.yaml
    wrote  services/storefront.yaml
    next   with the store .upheld/store: upheld publish SERVICE@VERSION
    [exit code 0]
    ");
    assert!(world.read(".upheld/store/services/orders.yaml").contains(r#"owners: ["team-orders"]"#));
    world.write(".upheld/store/services/orders.yaml", "owners: [somebody-else]\n");
    assert_snapshot!(world.upheld(["store", "init"]), @"
    kept   .upheld/store, which already has all of them
    [exit code 0]
    ");
    assert_snapshot!(world.upheld(["store", "init", "--service", "payments", "--environment", "test"]), @"
    wrote  environments/test.yaml
    wrote  services/payments.yaml
    next   with the store .upheld/store: upheld publish SERVICE@VERSION
    [exit code 0]
    ");
    assert_eq!(world.read(".upheld/store/services/orders.yaml"), "owners: [somebody-else]\n");
    assert_eq!(world.upheld(["store", "init", "--service", "pay ments"]).code, Some(2));
}

#[test]
fn without_a_registry_a_store_has_one_environment() {
    let world = World::new();
    assert_snapshot!(world.upheld(["store", "init", "--store", "ledger"]), @"
    wrote  store.yaml
    wrote  environments/production.yaml
    next   with the store ledger: upheld publish SERVICE@VERSION
    [exit code 0]
    ");
    assert_snapshot!(world.upheld(["status", "--store", "ledger"]), @"
    production     no pairs     store <view>

    nothing is live here
    [exit code 0]
    ");
}

#[test]
fn a_store_is_created_on_the_named_branch() {
    let remote = Remote::new();
    remote.import("commit refs/heads/main\ncommitter A <a@b.example> 1764000000 +0000\ndata 3\nold\nM 100644 inline README.md\ndata 2\nhi\n");
    let world = World::new().variable("UPHELD_CACHE", remote.path("cache").display().to_string());
    let store = format!("{}#ledger", remote.address());
    let output = world.upheld(["store", "init", "--store", &store, "--service", "orders"]);
    assert_eq!(output.code, Some(0), "{output}");
    assert_eq!(remote.files(), ["README.md"]);
    let files = remote.git(&["ls-tree", "-r", "--name-only", "ledger"]);
    assert_eq!(files, "environments/production.yaml\nservices/orders.yaml\nstore.yaml");
    let output = world.upheld(["publish", "orders@1", "--no-contracts", "--branch", "main", "--store", &store]);
    assert_eq!(output.code, Some(0), "{output}");
    // Without the branch, it is the main one, which has no store.
    let output = world.upheld(["publish", "orders@1", "--no-contracts", "--store", &remote.address()]);
    assert_eq!(output.code, Some(4), "{output}");
}

#[test]
fn the_branch_of_a_new_store_is_printed_if_the_address_does_not_name_it() {
    let remote = Remote::new();
    remote.git(&["symbolic-ref", "HEAD", "refs/heads/trunk"]);
    let world = World::new().variable("UPHELD_CACHE", remote.path("cache").display().to_string());
    let init = |store: &str, service: &str| world.upheld(["store", "init", "--store", store, "--service", service]);
    let next = |output: CommandOutput| {
        output.stdout.lines().last().unwrap_or_default().replace(remote.address().trim_start_matches("git+"), "<store>")
    };
    let open = remote.address();
    assert_snapshot!(next(init(&open, "orders")), @"next   with the store <store> (its branch main): upheld publish SERVICE@VERSION");
    assert_eq!(remote.files(), ["environments/production.yaml", "services/orders.yaml", "store.yaml"]);
    assert_snapshot!(next(init(&open, "stock")), @"next   with the store <store> (its branch main): upheld publish SERVICE@VERSION");
    assert_snapshot!(next(init(&format!("{open}#main"), "carts")), @"next   with the store <store>#main: upheld publish SERVICE@VERSION");
}

#[test]
fn lint_counts_the_files_of_a_good_store() {
    Team::each("storefront orders", |team| {
        team.publish("orders@1", &[]);
        team.publish("storefront@1", &[("orders", "list")]);
        team.verify("orders@1", "list");
        team.deploy("orders@1");
        assert_snapshot!(team.upheld("store lint"), @"
        1 contract, 2 publications, 1 verification and 1 deployment record can be trusted
        [exit code 0]
        ");
        assert_eq!(team.upheld("store lint --report json").code, Some(0));
        assert_snapshot!(team.upheld("store lint --report github"), @"[exit code 0]");
    });
}

#[test]
fn lint_finds_every_bad_file() {
    Team::each("storefront orders", |team| {
        team.publish("storefront@1", &[("orders", "list")]);
        team.verify("orders@1", "list");
        team.deploy("storefront@1");
        let one = |folder| team.files_below(folder).remove(0);
        let (contract, verification, deployment) = (one("contracts"), one("verifications"), one("deployments"));
        let changed = team.stored(&verification).replace("upheld", "broken");
        team.meddle(&[
            (&contract, None),
            (&verification, Some(&changed)),
            (
                &format!("deployments/elsewhere/{}", deployment.split_once('/').unwrap().1),
                Some(&team.stored(&deployment)),
            ),
            ("services/README.md", Some("# who we are\n")),
            ("deployments/notes.txt", Some("x")),
            ("services/orders.yaml", Some("owners: team\n")),
        ]);
        assert_snapshot!(team.upheld("store lint"), @r#"
        error[S104]: it isn't where its content says it belongs
         ╭▸ deployments/elsewhere/production/storefront/<month>/1.<hash>.json
         ╰ help: move it back

        error[S107]: it doesn't belong here
         ╭▸ deployments/notes.txt
         ╰ help: a record is a file with the hash of its content in its name

        error[S105]: it refers to the contract contracts/orders/storefront/<hash>.yaml, which is missing
         ╭▸ publications/storefront/6b/1.<hash>.json
         ╰ help: restore the contract from the store's history

        error[S107]: it doesn't belong here
         ╭▸ services/README.md
         ╰ help: a declaration is a file named NAME.yaml

        error[S101]: it can't be read: invalid type: string "team", expected a sequence
         ╭▸ services/orders.yaml
         ╰ help: restore it from the store's history

        error[S103]: it was changed: its name isn't the hash of its content
         ╭▸ verifications/orders/6b/1.<hash>.json
         ╰ help: restore it from the store's history

        6 errors in 6 files
        [exit code 2]
        "#);
        assert_snapshot!(team.upheld("store lint --report github"), @r#"
        ::error file=deployments/elsewhere/production/storefront/<month>/1.<hash>.json,title=S104::it isn't where its content says it belongs%0Ahelp: move it back
        ::error file=deployments/notes.txt,title=S107::it doesn't belong here%0Ahelp: a record is a file with the hash of its content in its name
        ::error file=publications/storefront/6b/1.<hash>.json,title=S105::it refers to the contract contracts/orders/storefront/<hash>.yaml, which is missing%0Ahelp: restore the contract from the store's history
        ::error file=services/README.md,title=S107::it doesn't belong here%0Ahelp: a declaration is a file named NAME.yaml
        ::error file=services/orders.yaml,title=S101::it can't be read: invalid type: string "team", expected a sequence%0Ahelp: restore it from the store's history
        ::error file=verifications/orders/6b/1.<hash>.json,title=S103::it was changed: its name isn't the hash of its content%0Ahelp: restore it from the store's history
        [exit code 2]
        "#);
        assert_eq!(team.upheld("store lint --report json").code, Some(2));
    });
}

/// A checkout of the shared repository, as in the build of a change.
fn checkout(team: &Team) {
    let place = team.world.path("checkout");
    team.remote().git(&["clone", "--quiet", ".", place.to_str().unwrap()]);
}

fn lint(team: &Team, line: &str) -> CommandOutput {
    let mut command = team.world.command(line.split(' '));
    command.current_dir(team.world.path("checkout"));
    team.world.run(command)
}

// Scenario 58
#[test]
fn lint_finds_a_change_that_deletes_or_changes_records_and_passes_one_that_adds() {
    let team = Team::git("storefront orders");
    team.publish("orders@1", &[]);
    team.publish("storefront@1", &[("orders", "list")]);
    team.verify("orders@1", "");
    checkout(&team);
    // Others have added records since.
    team.deploy("orders@1");
    team.remote().git_at(team.world.path("checkout").to_str().unwrap(), &["pull", "--quiet"]);
    team.world.write("checkout/services/payments.yaml", "owners: [team-payments]\n");
    team.world.write("checkout/services/orders.yaml", "owners: [team-o]\n");
    assert_snapshot!(lint(&team, "store lint --store . --base HEAD~1"), @"
    1 contract, 2 publications, 1 verification and 1 deployment record can be trusted
    [exit code 0]
    ");
    // Somebody deletes a break.
    let verification = team.files_below("verifications").remove(0);
    std::fs::remove_file(team.world.path(&format!("checkout/{verification}"))).unwrap();
    assert_snapshot!(lint(&team, "store lint --store ."), @"
    1 contract, 2 publications, 0 verifications and 1 deployment record can be trusted
    [exit code 0]
    ");
    assert_snapshot!(lint(&team, "store lint --store . --base origin/main"), @"
    error[S201]: it was deleted
     ╭▸ verifications/orders/6b/1.<hash>.json
     ╰ help: restore it; records and contracts are only ever added, and a new record ends what an earlier one began

    1 error in 1 file
    [exit code 2]
    ");
    // A contract's text may change without its meaning, but that isn't an addition.
    let contract = format!("checkout/{}", team.files_below("contracts").remove(0));
    team.world.write(&contract, team.world.read(&contract) + "# so it was\n");
    assert_snapshot!(lint(&team, "store lint --store . --base HEAD"), @"
    error[S202]: it was changed
     ╭▸ contracts/orders/storefront/<hash>.yaml
     ╰ help: restore it; records and contracts are only ever added, and a new record ends what an earlier one began

    error[S201]: it was deleted
     ╭▸ verifications/orders/6b/1.<hash>.json
     ╰ help: restore it; records and contracts are only ever added, and a new record ends what an earlier one began

    2 errors in 2 files
    [exit code 2]
    ");
    assert_snapshot!(lint(&team, "store lint --store . --base nowhere"), @"
    ------- stderr -------
    error: there is no commit `nowhere` in <root>/checkout/.
    help: check that it is fetched: a shallow clone has no history, so fetch all of it
    [exit code 5]
    ");
    // A misspelled variable must not pass for a comparison.
    let output = team.world.upheld(["store", "lint", "--store", "checkout", "--base", ""]);
    assert_eq!(output.code, Some(2), "{output}");
    assert!(output.stderr.contains("--base is empty"), "{output}");
    let zeros = "0".repeat(40);
    let output = lint(&team, &format!("store lint --store . --base {zeros}"));
    assert!(output.stderr.contains("the store isn't compared with an earlier one"), "{output}");
    // The store itself, with its own history.
    let start = team.remote().git(&["rev-list", "--max-parents=0", "main"]);
    assert_eq!(team.upheld(&format!("store lint --base {start}")).code, Some(0));
    team.meddle(&[(&verification, None)]);
    let output = team.upheld(&format!("store lint --base {}", team.remote().git(&["rev-parse", "main~1"])));
    assert_eq!(output.code, Some(2), "{output}");
    assert!(output.stdout.contains("it was deleted"), "{output}");
}

#[test]
fn a_folder_has_no_history_to_trust() {
    let team = Team::folder("orders");
    assert_snapshot!(team.upheld("store trust"), @"
    ------- stderr -------
    error: the store is a folder, which has no history to trust
    help: a folder is always trusted; there is nothing to do
    [exit code 5]
    ");
}

#[test]
fn a_branch_behind_the_main_one_deletes_nothing() {
    let team = Team::git("storefront orders");
    team.publish("orders@1", &[]);
    checkout(&team);
    team.deploy("orders@1");
    team.remote().git_at(team.world.path("checkout").to_str().unwrap(), &["fetch", "--quiet"]);
    // For a new branch, build systems name a commit of zeros.
    for base in ["origin/main", &"0".repeat(40)] {
        let output = lint(&team, &format!("store lint --store . --base {base}"));
        assert_eq!(output.code, Some(0), "{output}");
    }
}

/// The SHA-256 of a text, as hex digits.
fn digest(text: &str) -> String {
    use sha2::{Digest as _, Sha256};
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn lint_trusts_no_folder_that_is_something_else() {
    let folders = ["contracts", "publications", "verifications", "deployments", "services", "environments"];
    for folder in folders {
        let team = Team::git("storefront orders");
        team.publish("storefront@1", &[("orders", "list")]);
        team.verify("orders@1", "list");
        team.deploy("storefront@1");
        let head = team.commit();
        for (mode, content) in [
            ("100644", "inline {folder}\ndata 0\n"),
            ("120000", "inline {folder}\ndata 9\nelsewhere\n"),
            ("160000", "1111111111111111111111111111111111111111 {folder}\n"),
        ] {
            let content = content.replace("{folder}", folder);
            team.remote().import(&format!(
                "commit refs/heads/main\ncommitter Eve <e@shop.example> 1764000000 +0000\ndata 1\nm\nfrom {head}\nD {folder}\nM {mode} {content}\n"
            ));
            team.forget_copy();
            let output = team.upheld("store lint");
            assert_eq!(output.code, Some(2), "{folder} {mode}\n{output}");
            assert!(
                output.stdout.contains(&format!("error[S101]: it isn't a folder\n ╭▸ {folder}\n")),
                "{folder} {mode}\n{output}"
            );
        }
    }
}

#[test]
fn lint_finds_a_history_that_the_gate_does_not_trust() {
    let team = Team::git("storefront orders");
    team.publish("orders@1", &[]);
    let before = team.commit();
    team.publish("storefront@1", &[]);
    team.ok("store lint");
    team.remote().git(&["update-ref", "refs/heads/main", &before]);
    assert_eq!(team.asks("orders@1"), "deny 4 G305");
    let output = team.upheld("store lint");
    assert!(output.code == Some(2) && output.stdout.contains("error[S203]: the history of the store"), "{output}");
    assert!(output.stdout.contains("upheld store trust"), "{output}");
    team.ok("store trust");
    team.ok("store lint");
    // Without a copy, a roll-out that began before tells.
    team.ok("gate orders@1 --to production --reserve");
    let tree = team.remote().git(&["rev-parse", "main^{tree}"]);
    let orphan = team.remote().git(&["commit-tree", "-m", "all new", &tree]);
    team.remote().git(&["update-ref", "refs/heads/main", &orphan]);
    team.forget_copy();
    let output = team.upheld("store lint");
    assert!(
        output.code == Some(2)
            && output.stdout.contains("error[S203]: the history was rewritten since this roll-out began"),
        "{output}"
    );
    // As it says itself.
    team.ok("undeployed orders@1 --to production --rollout");
    team.ok("store lint");
}

#[test]
fn lint_and_the_gate_take_a_record_only_in_its_canonical_form() {
    Team::each("storefront orders", |team| {
        team.publish("orders@1", &[]);
        let publication = team.files_below("publications/orders").remove(0);
        let text = team.stored(&publication);
        let folder = publication.rsplit_once('/').unwrap().0;
        for other in [
            text.replace(r#""contracts":{}"#, r#""contracts":{"storefront":"no"},"contracts":{}"#),
            text.replace(r#""version":"1""#, r#""version":"2","version":"1""#),
            text.replace(r#""version":"1""#, r#""version": "1""#),
        ] {
            let path = format!("{folder}/1.{}.json", digest(&other));
            team.meddle(&[(&publication, None), (&path, Some(&other))]);
            let output = team.upheld("store lint");
            assert_eq!(output.code, Some(2), "{other}\n{output}");
            assert!(
                output.stdout.contains("error[S101]: it can't be read: it isn't in the canonical form"),
                "{output}"
            );
            assert_eq!(team.asks("orders@1").split(' ').nth(1), Some("4"), "{other}");
            team.meddle(&[(&path, None), (&publication, Some(&text))]);
            let _ = team.upheld("store trust");
        }
        assert_eq!(team.asks("orders@1"), "allow 0");
    });
}

#[test]
fn lint_finds_names_that_are_one_on_another_file_system() {
    let team = Team::git("web-shop orders");
    team.meddle(&[("services/Web-Shop.yaml", Some("owners: []\n"))]);
    let output = team.upheld("store lint");
    assert_eq!(output.code, Some(2), "{output}");
    let same =
        "error[S111]: on some file systems, it has the same name as services/Web-Shop.yaml\n ╭▸ services/web-shop.yaml";
    assert!(output.stdout.contains(same), "{output}");
}
