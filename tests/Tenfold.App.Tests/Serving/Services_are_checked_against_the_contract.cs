using Tenfold.App.Serving.Checking;
using Tenfold.App.Serving.Replicas;
using Tenfold.Core.Platform;

namespace Tenfold.App.Tests.Serving;

/// <summary>Each rule of the container contract is tested by a service that breaks only this rule.</summary>
public sealed class Services_are_checked_against_the_contract : IAsyncDisposable
{
    private static readonly ConformanceOptions Fast = new()
    {
        Sample = "{\"rows\": [1]}"u8.ToArray(),
        StartTimeout = TimeSpan.FromSeconds(60),
        Timeout = TimeSpan.FromSeconds(10),
        DrainTimeout = TimeSpan.FromSeconds(10),
    };

    private readonly TemporaryFolder _folder = new();
    private readonly Task<ReplicaOwner> _opening;

    public Services_are_checked_against_the_contract() =>
        _opening = ReplicaOwner.OpenAsync(_folder["home"], null, TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        await (await _opening).DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_good_service_keeps_every_rule_and_is_gone_afterwards()
    {
        var results = await CheckAsync(Fast with { Test = "test -n \"$TENFOLD_URL\"" });
        results.Select(result => result.Rule).ShouldBe(Enum.GetValues<ContractRule>());
        results.Where(result => result.Verdict != RuleVerdict.Passed).ShouldBeEmpty();
        ProcessTable.Marked(ReplicaOwner.OwnerMarker, (await _opening).Id).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(ContractRule.Starts, "crash")]
    [InlineData(ContractRule.ReadyOnlyOnceLoaded, "early")]
    [InlineData(ContractRule.RefusesBadJson, "lenient")]
    [InlineData(ContractRule.RefusesBadJson, "fragile")]
    [InlineData(ContractRule.TakesLargeBody, "small")]
    [InlineData(ContractRule.SurvivesSlowClient, "serial")]
    [InlineData(ContractRule.StaysReady, "sick")]
    [InlineData(ContractRule.FinishesInFlight, "abrupt")]
    [InlineData(ContractRule.FailsPingWhenStopped, "stubborn")]
    [InlineData(ContractRule.Ends, "stubborn")]
    [InlineData(ContractRule.Ends, "orphan")]
    public async Task A_broken_rule_is_reported(ContractRule rule, string fault)
    {
        // A service that breaks these rules lets the check wait for as long as it may.
        var options = fault is "stubborn" or "serial"
            ? Fast with { Timeout = TimeSpan.FromSeconds(1), DrainTimeout = TimeSpan.FromSeconds(1) }
            : Fast;
        var results = await CheckAsync(options, fault);
        results.Where(result => result.Verdict == RuleVerdict.Failed).Select(result => result.Rule).ShouldContain(rule);
        ProcessTable.Marked(ReplicaOwner.OwnerMarker, (await _opening).Id).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_rules_after_a_failed_start_are_skipped()
    {
        var results = await CheckAsync(Fast, "crash");
        results[0].ShouldBe(new RuleResult(
            ContractRule.Starts, RuleVerdict.Failed, "it ended with exit code 3 before it was ready:\nthe model is broken"));
        results.Skip(1).ShouldAllBe(result => result.Verdict == RuleVerdict.Skipped);
    }

    [Fact]
    public async Task A_service_that_is_never_ready_fails_that_rule()
    {
        var results = await CheckAsync(Fast with { StartTimeout = TimeSpan.FromMilliseconds(500) }, "never");
        results.Single(result => result.Verdict == RuleVerdict.Failed).Rule.ShouldBe(ContractRule.Ready);
    }

    [Fact]
    public async Task A_projects_own_test_that_fails_is_reported_with_its_output()
    {
        var results = await CheckAsync(Fast with { Test = "echo accuracy is too low; exit 3" });
        var failed = results.Single(result => result.Verdict == RuleVerdict.Failed);
        failed.Rule.ShouldBe(ContractRule.PassesOwnTest);
        failed.Detail.ShouldContain("exit code 3");
        failed.Detail.ShouldContain("accuracy is too low");
    }

    [Fact]
    public async Task A_sample_that_is_refused_fails_and_any_answer_will_do_without_a_sample()
    {
        var refused = await CheckAsync(Fast with { Sample = "no JSON"u8.ToArray() });
        refused.Single(result => result.Rule == ContractRule.Answers).Verdict.ShouldBe(RuleVerdict.Failed);
        var without = await CheckAsync(Fast with { Sample = null });
        without.ShouldAllBe(result => result.Verdict != RuleVerdict.Failed);
    }

    [Fact]
    public async Task A_service_that_runs_already_is_neither_started_nor_stopped()
    {
        await using var replicas = VersionReplicas.Start(SampleService.Version(_folder), await _opening);
        (await replicas.WaitUntilReadyAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();
        var results = await new ConformanceCheck(Fast, TimeProvider.System, progress: null)
            .RunAsync(replicas.Status.Ready[0], TestContext.Current.CancellationToken);
        results.Where(result => result.Verdict == RuleVerdict.Skipped).Select(result => result.Rule).ShouldBe(
            [ContractRule.Starts, ContractRule.ReadyOnlyOnceLoaded, ContractRule.PassesOwnTest, ContractRule.FailsPingWhenStopped,
                ContractRule.FinishesInFlight, ContractRule.Ends]);
        results.ShouldAllBe(result => result.Verdict != RuleVerdict.Failed);
        replicas.Status.Ready.Count.ShouldBe(1);
    }

    [Fact]
    public void A_rules_code_is_its_name_with_hyphens() =>
        new RuleResult(ContractRule.FailsPingWhenStopped, RuleVerdict.Passed, "").Code.ShouldBe("fails-ping-when-stopped");

    private async Task<IReadOnlyList<RuleResult>> CheckAsync(ConformanceOptions options, params string[] faults) =>
        await new ConformanceCheck(options, TimeProvider.System, progress: null)
            .RunAsync(SampleService.Version(_folder, 1, faults), await _opening, TestContext.Current.CancellationToken);
}
