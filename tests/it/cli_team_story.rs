//! The life of two services through the program: published, verified, allowed, live, broken, fixed. It is the same with a
//! store in a git repository and in a folder.

use insta::assert_snapshot;

use crate::support::Team;

/// All commands and their outputs.
struct Story<'t> {
    team: &'t Team,
    text: String,
}

impl Story<'_> {
    fn upheld(&mut self, line: &str) {
        let output = self.team.upheld(line);
        self.text.push_str(&format!("$ upheld {line}\n{output}\n"));
    }

    fn verify(&mut self, version: &str, upheld: &str) {
        let output = self.team.verify(version, upheld);
        self.text.push_str(&format!("$ upheld verify … --version {version}\n{output}\n"));
    }

    fn publish(&mut self, version: &str, expects: &[(&str, &str)]) {
        let output = self.team.try_publish(version, expects, "--branch main");
        self.text.push_str(&format!("$ upheld publish {version}\n{output}\n"));
    }
}

fn told(team: &Team) -> String {
    let mut story = Story { team, text: String::new() };
    story.upheld("store init");
    story.publish("orders@1", &[]);
    story.verify("orders@1", "list");
    story.upheld("gate orders@1 --to production");
    story.upheld("deployed orders@1 --to production");
    story.publish("storefront@1", &[("orders", "list show")]);
    story.upheld("gate storefront@1 --to production");
    story.verify("orders@1", "list show");
    story.upheld("gate storefront@1 --to production --reserve");
    story.upheld("status");
    story.upheld("deployed storefront@1 --to production");
    story.publish("orders@2", &[]);
    story.verify("orders@2", "list");
    story.upheld("gate orders@2 --to production");
    story.publish("storefront@2", &[("orders", "list")]);
    story.upheld("gate storefront@2 --to production");
    story.upheld("deployed storefront@2 --to production");
    story.upheld("gate orders@2 --to production");
    story.upheld("released orders@2 --to production");
    story.upheld("status --env production --all");
    story.upheld("undeployed orders@1 --to production");
    story.upheld("released orders@2 --to production --support-ended");
    story.upheld("gate storefront@2 --to production");
    story.upheld("store lint");
    story.text
}

#[test]
fn a_team_s_story_is_the_same_with_a_git_store_and_a_folder() {
    let [git, folder] = Team::both("storefront orders").map(|team| told(&team));
    assert_eq!(git, folder);
    assert_snapshot!(git, @"
    $ upheld store init
    kept   <store>, which already has all of them
    [exit code 0]

    $ upheld publish orders@1
    published  orders@1   it expects nothing from other services
    [exit code 0]

    $ upheld verify … --version orders@1
    ------- stderr -------
    note: nothing to verify: no contract expects anything from orders
    [exit code 0]

    $ upheld gate orders@1 --to production
    ALLOW  orders@1 → production     nothing to check     store <view>

    G501 note  nothing to check: the version expects nothing, and nothing live expects anything from it
    [exit code 0]

    $ upheld deployed orders@1 --to production
    live  orders@1 in production
    [exit code 0]

    $ upheld publish storefront@1
    published  storefront@1   1 contract with orders
    [exit code 0]

    $ upheld gate storefront@1 --to production
    DENY  storefront@1 → production     1 unverified     store <view>

    G201 unverified  storefront@1 (candidate) needs orders@1 (live)
         none of the 2 interactions has a result: get list, get show
         never verified: no version of orders has a result
         owner: team-orders
         next: in a checkout of orders@1: upheld verify orders --publish --version 1
    [exit code 3]

    $ upheld verify … --version orders@1
    upheld  storefront → orders  get list
    upheld  storefront → orders  get show

    UPHELD  2 interactions in <time>
    ------- stderr -------
    published  2 results for orders@1
    [exit code 0]

    $ upheld gate storefront@1 --to production --reserve
    ALLOW  storefront@1 → production     1 compatible     store <view>

    G001 compatible  1 pair (--all lists them)
    ------- stderr -------
    reserved  the roll-out of storefront@1; end it with `upheld deployed` or `upheld undeployed … --rollout`
    [exit code 0]

    $ upheld status
    production     1 compatible     store <view>

    orders      1  live since <moment>
    storefront  1  rolling out since <moment>, due by <moment>

    G001 compatible  1 pair (--all lists them)
    [exit code 0]

    $ upheld deployed storefront@1 --to production
    live  storefront@1 in production
    [exit code 0]

    $ upheld publish orders@2
    published  orders@2   it expects nothing from other services
    [exit code 0]

    $ upheld verify … --version orders@2
    upheld  storefront → orders  get list

    broken  storefront → orders  get show                  storefront@1 (live in production)
            contract  contracts/orders/storefront/<hash>.yaml:8 in the store
            GET /show → 404

            status   expected 204
                     got 404
              10 │   response: { status: 204 }
                 │                       ╰── required here
            help: orders has nothing at this address. If that depends on data, name a provider state in the contract.

    BROKEN  2 interactions: 1 broken, 1 upheld in <time>
    ------- stderr -------
    published  2 results for orders@2
    [exit code 1]

    $ upheld gate orders@2 --to production
    DENY  orders@2 → production     1 incompatible     store <view>

    G101 incompatible  storefront@1 (live) needs orders@2 (candidate)
         get show   status   expected 204   got 404
         owners: team-orders, team-storefront
         next: fix orders to return what storefront expects; or agree on the change with storefront, which then changes its contract
    [exit code 1]

    $ upheld publish storefront@2
    published  storefront@2   1 contract with orders
    [exit code 0]

    $ upheld gate storefront@2 --to production
    ALLOW  storefront@2 → production     1 compatible     store <view>

    G001 compatible  1 pair (--all lists them)
    [exit code 0]

    $ upheld deployed storefront@2 --to production
    live  storefront@2 in production   replacing storefront@1 (live)
    [exit code 0]

    $ upheld gate orders@2 --to production
    ALLOW  orders@2 → production     1 compatible     store <view>

    G001 compatible  1 pair (--all lists them)
    [exit code 0]

    $ upheld released orders@2 --to production
    live  orders@2 in production
    [exit code 0]

    $ upheld status --env production --all
    production     2 compatible     store <view>

    orders      1  live since <moment>
                2  released since <moment>
    storefront  2  live since <moment>

    G001 compatible  storefront@2 (live) needs orders@1 (live)
         owner: team-orders
    G001 compatible  storefront@2 (live) needs orders@2 (released)
         owner: team-orders
    [exit code 0]

    $ upheld undeployed orders@1 --to production
    over  orders@1 in production   ending orders@1 (live)
    [exit code 0]

    $ upheld released orders@2 --to production --support-ended
    over  orders@2 in production   ending orders@2 (released)
    ------- stderr -------
    note: recorded, although live versions still need orders@2 (missing-provider); see: upheld status --env production
    [exit code 0]

    $ upheld gate storefront@2 --to production
    DENY  storefront@2 → production     1 missing-provider     store <view>

    G401 missing-provider  storefront@2 (candidate, live) needs orders
         no version of orders is live in production
         owner: team-orders
         next: deploy orders@2 first, and record it: upheld deployed orders@2 --to production
    [exit code 4]

    $ upheld store lint
    2 contracts, 4 publications, 2 verifications and 7 deployment records can be trusted
    [exit code 0]
    ");
}
