using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

using static Tenfold.Sql.Tests.TestLedger;

namespace Tenfold.Sql.Tests;

public abstract class A_cancelled_run_has_the_reason_of_the_request(Engine engine) : IDisposable
{
    private static readonly Reason Why = new Reason.PrunedByRank(9, 0.4, 0.6, Factor: 3, Count: 12);

    private readonly TestLedger _test = new(engine);

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_reason_comes_from_the_request_and_the_warnings_stay(bool warns)
    {
        IReadOnlyList<Warning> warnings = warns ? [new Warning.FileNotStored("model/m", "it is a pipe")] : [];
        var expected = warns ? $"{Why}\nwarning: model/m was not stored: it is a pipe" : $"{Why}";
        await _test.AddAsync();
        await AskAsync(Why);
        (await _test.RunAsync()).ShouldSatisfyAllConditions(run => run.CancelReason.ShouldBe(Why), run => run.Reason.ShouldBeNull());
        await _test.ApplyAsync(Change(AttemptState.Cancelled) with { Reason = new Reason.Cancelled(), Warnings = warnings });
        (await _test.RunAsync()).ShouldSatisfyAllConditions(run => run.Reason.ShouldBe(Why), run => run.Warnings.ShouldBe(warnings));
        (await _test.AttemptsAsync())[0]
            .ShouldSatisfyAllConditions(attempt => attempt.Reason.ShouldBe(Why), attempt => attempt.Warnings.ShouldBe(warnings));
        (await _test.Ledger.ListEventsAsync("k7m2xqab-1", CancellationToken.None))
            .Select(happened => (happened.Kind, happened.Detail, happened.Reason))
            .ShouldBe([("created", "1 run on local", null), ("cancel-asked", $"{Why}", Why), ("cancelled", expected, Why)]);
    }

    [Fact]
    public async Task Without_a_reason_in_the_request_the_targets_reason_is_used()
    {
        await _test.AddAsync();
        await AskAsync(null);
        await _test.ApplyAsync(Change(AttemptState.Cancelled) with { Reason = new Reason.Note("cancelled") });
        (await _test.RunAsync()).Reason.Words().ShouldBe("cancelled");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_first_request_decides(bool givesReason)
    {
        var first = givesReason ? Why : null;
        await _test.AddAsync();
        await AskAsync(first);
        await AskAsync(new Reason.Note("too late"));
        (await _test.RunAsync()).CancelReason.ShouldBe(first);
    }

    [Theory]
    [InlineData(AttemptState.Failed)]
    [InlineData(AttemptState.Succeeded)]
    public async Task A_run_that_ended_by_itself_has_its_own_reason(AttemptState end)
    {
        await _test.AddAsync();
        await AskAsync(Why);
        await _test.ApplyAsync(Change(AttemptState.Running) with { Reason = new Reason.Note("preparing") });
        await _test.ApplyAsync(Change(end) with { Reason = new Reason.Note("its own") });
        (await _test.RunAsync()).Reason.Words().ShouldBe("its own");
    }

    [Fact]
    public async Task A_retry_clears_the_reason()
    {
        await _test.AddAsync();
        await AskAsync(Why);
        await _test.ApplyAsync(Change(AttemptState.Cancelled));
        (await _test.Ledger.RequestRetryAsync("k7m2xqab-1", Start, CancellationToken.None)).ShouldBe(RetryAnswer.Added);
        (await _test.RunAsync()).CancelReason.ShouldBeNull();
        await _test.ApplyAsync(Change(AttemptState.Cancelled, "k7m2xqab-1-2") with { Reason = new Reason.Note("cancelled") });
        (await _test.AttemptsAsync()).Select(attempt => attempt.Reason.Words()).ShouldBe([$"{Why}", "cancelled"]);
        (await _test.RunAsync()).Reason.Words().ShouldBe("cancelled");
    }

    private Task<IReadOnlyList<string>> AskAsync(Reason? reason) =>
        _test.Ledger.RequestCancelAsync(["k7m2xqab-1"], Start, reason, CancellationToken.None);

    public sealed class On_SQLite() : A_cancelled_run_has_the_reason_of_the_request(Engine.Sqlite);

    public sealed class On_PostgreSQL() : A_cancelled_run_has_the_reason_of_the_request(Engine.Postgres);
}
