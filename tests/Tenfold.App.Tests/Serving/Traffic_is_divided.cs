using Tenfold.App.Serving.Routing;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Reasons;
using Tenfold.Core.Versions;

namespace Tenfold.App.Tests.Serving;

public sealed class Traffic_is_divided : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    private TrafficControl Control => new(_workspace.Services);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1.0.0=90 1.1.0=10", 9000, 1000)]
    [InlineData("1.0.0=99.75 1.1.0=0.25", 9975, 25)]
    [InlineData("1.0.0=0% 1.1.0=100%", 0, 10000)]
    public void Shares_are_read_in_percent(string words, int first, int second) =>
        TrafficShares.Read(words.Split(' ')).Value().Values.ShouldBe([first, second]);

    [Theory]
    [InlineData("1.0.0=90 1.1.0=20", "sum to 110 %")]
    [InlineData("1.0.0=90", "sum to 90 %")]
    [InlineData("1.0.0=50 1.0.0=50", "two shares")]
    [InlineData("1.0.0", "VERSION=PERCENT")]
    [InlineData("=100", "VERSION=PERCENT")]
    [InlineData("a/b=100", "a version is")]
    [InlineData("1.0.0=-1 1.1.0=101", "number of percent")]
    [InlineData("1.0.0=1e2", "number of percent")]
    [InlineData("1.0.0=33.333 1.1.0=66.667", "two decimals")]
    [InlineData("1.0.0=99999999999999999999 1.1.0=1", "at most 100")]
    public void A_wrong_share_is_refused(string words, string why)
    {
        var refusal = TrafficShares.Read(words.Split(' ')).Refusal();
        refusal.Kind.ShouldBe(RefusalKind.BadInput);
        refusal.Message.ShouldContain(why);
    }

    [Fact]
    public async Task A_division_is_a_new_route_and_an_equal_one_is_none()
    {
        await AddAsync("1.0.0", "1.1.0");
        var route = (await DivideAsync("1.0.0=90 1.1.0=10")).Value();
        (route.Revision, route.Reason).ShouldBe((2, (Reason)new Reason.TrafficSet()));
        route.Shares().ShouldBe(new Dictionary<string, int> { ["1.0.0"] = 9000, ["1.1.0"] = 1000 });
        (await DivideAsync("1.0.0=90 1.1.0=10")).Value().Revision.ShouldBe(2);
        (await _workspace.Services.Versions.ListRouteHistoryAsync("iris", Cancellation)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_unknown_a_reverted_or_a_doubly_used_version_is_refused()
    {
        (await DivideAsync("1.0.0=100")).Refusal().Kind.ShouldBe(RefusalKind.NotFound);
        await AddAsync("1.0.0", "1.1.0", "1.2.0");
        (await DivideAsync("1.0.0=50 2.0.0=50")).Refusal().Message.ShouldContain("no version 2.0.0");
        (await Control.RevertAsync("iris", "1.2.0", Cancellation)).Value();
        (await DivideAsync("1.0.0=50 1.2.0=50")).Refusal().Message.ShouldContain("revert --undo iris 1.2.0");
        (await DivideAsync("1.0.0=50 1.1.0=50", "1.1.0")).Refusal().Message.ShouldContain("has a share of the traffic");
    }

    [Fact]
    public async Task A_shadow_stays_until_it_is_changed_or_gets_traffic()
    {
        await AddAsync("1.0.0", "1.1.0", "1.2.0");
        (await DivideAsync("1.0.0=100", "1.1.0")).Value().Shadow.ShouldBe("1.1.0");
        (await DivideAsync("1.0.0=90 1.2.0=10")).Value().Shadow.ShouldBe("1.1.0");
        (await DivideAsync("1.0.0=90 1.1.0=10")).Value().Shadow.ShouldBeNull();
        (await DivideAsync("1.0.0=100", "1.2.0")).Value().Shadow.ShouldBe("1.2.0");
        (await DivideAsync("1.0.0=100", "")).Value().Shadow.ShouldBeNull();
    }

    [Fact]
    public async Task A_reverted_versions_traffic_goes_to_the_others_in_proportion()
    {
        await AddAsync("1.0.0", "1.1.0", "1.2.0");
        await DivideAsync("1.0.0=60 1.1.0=20 1.2.0=20");
        var route = (await Control.RevertAsync("iris", "1.2.0", Cancellation)).Value();
        route.Shares().ShouldBe(new Dictionary<string, int> { ["1.0.0"] = 7500, ["1.1.0"] = 2500 });
        route.Reason.ShouldBe(new Reason.VersionReverted("1.2.0"));
        (await Control.FindAsync("iris", "1.2.0", Cancellation)).Value().State.ShouldBe(VersionState.Reverted);
        (await Control.RevertAsync("iris", "1.2.0", Cancellation)).Refusal().Message.ShouldContain("already");
    }

    [Fact]
    public async Task Reverting_a_version_with_all_traffic_restores_the_route_before_it()
    {
        await AddAsync("1.0.0", "1.1.0", "1.2.0");
        await DivideAsync("1.0.0=70 1.1.0=30");
        await DivideAsync("1.2.0=100");
        (await Control.RevertAsync("iris", "1.2.0", Cancellation)).Value().Shares()
            .ShouldBe(new Dictionary<string, int> { ["1.0.0"] = 7000, ["1.1.0"] = 3000 }, ignoreOrder: true);
    }

    [Fact]
    public async Task The_only_version_that_ever_had_traffic_is_not_reverted()
    {
        await AddAsync("1.0.0", "1.1.0");
        (await Control.RevertAsync("iris", "1.0.0", Cancellation)).Refusal().Message.ShouldContain("send the traffic to another version");
        (await Control.FindAsync("iris", "1.0.0", Cancellation)).Value().State.ShouldBe(VersionState.Active);
    }

    [Fact]
    public async Task A_reverted_shadow_gets_no_more_copies()
    {
        await AddAsync("1.0.0", "1.1.0");
        await DivideAsync("1.0.0=100", "1.1.0");
        (await Control.RevertAsync("iris", "1.1.0", Cancellation)).Value().Shadow.ShouldBeNull();
    }

    [Fact]
    public async Task A_reverted_version_can_be_restored_and_a_purged_one_can_not()
    {
        await AddAsync("1.0.0", "1.1.0");
        (await Control.RestoreAsync("iris", "1.1.0", Cancellation)).Refusal().Message.ShouldContain("in service");
        await Control.RevertAsync("iris", "1.1.0", Cancellation);
        (await Control.RestoreAsync("iris", "1.1.0", Cancellation)).Value().State.ShouldBe(VersionState.Active);
        var purger = new VersionPurger(_workspace.Services);
        (await purger.PurgeAsync("iris", "1.1.0", Cancellation)).Refusal().Message.ShouldContain("revert it first");
        await Control.RevertAsync("iris", "1.1.0", Cancellation);
        (await purger.PurgeAsync("iris", "1.1.0", Cancellation)).Value().ShouldBe(0);
        (await Control.RestoreAsync("iris", "1.1.0", Cancellation)).Refusal().Message.ShouldContain("was purged");
        (await purger.PurgeAsync("iris", "1.1.0", Cancellation)).Value().ShouldBe(0);
    }

    private Task<Outcome<Route>> DivideAsync(string shares, string? shadow = null) =>
        Control.DivideAsync("iris", TrafficShares.Read(shares.Split(' ')).Value(), shadow, Cancellation);

    private async Task AddAsync(params string[] versions)
    {
        foreach (var version in versions)
        {
            var now = DateTimeOffset.UnixEpoch;
            var added = new ModelVersion
            {
                Model = "iris",
                Version = version,
                DeployedAt = now,
                DeployedBy = "ann@laptop",
                ChangedAt = now,
                Address = new Uri("http://127.0.0.1:9000"),
            };
            (await _workspace.Services.Versions.AddVersionAsync(added, "salt", Cancellation)).ShouldBeTrue();
        }
    }
}
