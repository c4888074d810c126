using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

using static Tenfold.Sql.Tests.Book;

namespace Tenfold.Sql.Tests;

public abstract class A_cancelled_run_says_why(Engine engine) : IDisposable
{
    private static readonly Reason Why = new Reason.PrunedByRank(9, 0.4, 0.6, Factor: 3, Count: 12);

    private readonly Book _book = new(engine);

    public void Dispose() => _book.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task By_the_request_and_its_warnings_stay(bool warns)
    {
        IReadOnlyList<Warning> warnings = warns ? [new Warning.FileNotStored("model/m", "it is a pipe")] : [];
        var expected = warns ? $"{Why}\nwarning: model/m was not kept: it is a pipe" : $"{Why}";
        await _book.AddAsync();
        await AskAsync(Why);
        (await _book.RunAsync()).ShouldSatisfyAllConditions(run => run.CancelReason.ShouldBe(Why), run => run.Reason.ShouldBeNull());
        await _book.ApplyAsync(Change(AttemptState.Cancelled) with { Reason = new Reason.Cancelled(), Warnings = warnings });
        (await _book.RunAsync()).ShouldSatisfyAllConditions(run => run.Reason.ShouldBe(Why), run => run.Warnings.ShouldBe(warnings));
        (await _book.AttemptsAsync())[0]
            .ShouldSatisfyAllConditions(attempt => attempt.Reason.ShouldBe(Why), attempt => attempt.Warnings.ShouldBe(warnings));
        (await _book.Ledger.EventsOfAsync("k7m2xqab-1", CancellationToken.None))
            .Select(happened => (happened.Kind, happened.Detail, happened.Reason))
            .ShouldBe([("created", "1 run on local", null), ("cancel-asked", $"{Why}", Why), ("cancelled", expected, Why)]);
    }

    [Fact]
    public async Task In_the_targets_words_when_nobody_gave_a_reason()
    {
        await _book.AddAsync();
        await AskAsync(null);
        await _book.ApplyAsync(Change(AttemptState.Cancelled) with { Reason = new Reason.Note("cancelled") });
        (await _book.RunAsync()).Reason.Words().ShouldBe("cancelled");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task By_the_first_request(bool givesReason)
    {
        var first = givesReason ? Why : null;
        await _book.AddAsync();
        await AskAsync(first);
        await AskAsync(new Reason.Note("too late"));
        (await _book.RunAsync()).CancelReason.ShouldBe(first);
    }

    [Theory]
    [InlineData(AttemptState.Failed)]
    [InlineData(AttemptState.Succeeded)]
    public async Task And_one_that_ended_by_itself_all_the_same_says_how(AttemptState end)
    {
        await _book.AddAsync();
        await AskAsync(Why);
        await _book.ApplyAsync(Change(AttemptState.Running) with { Reason = new Reason.Note("preparing") });
        await _book.ApplyAsync(Change(end) with { Reason = new Reason.Note("its own") });
        (await _book.RunAsync()).Reason.Words().ShouldBe("its own");
    }

    [Fact]
    public async Task And_forgets_it_when_it_is_tried_again()
    {
        await _book.AddAsync();
        await AskAsync(Why);
        await _book.ApplyAsync(Change(AttemptState.Cancelled));
        (await _book.Ledger.RequestRetryAsync("k7m2xqab-1", Start, CancellationToken.None)).ShouldBeTrue();
        (await _book.RunAsync()).CancelReason.ShouldBeNull();
        await _book.ApplyAsync(Change(AttemptState.Cancelled, "k7m2xqab-1-2") with { Reason = new Reason.Note("cancelled") });
        (await _book.AttemptsAsync()).Select(attempt => attempt.Reason.Words()).ShouldBe([$"{Why}", "cancelled"]);
        (await _book.RunAsync()).Reason.Words().ShouldBe("cancelled");
    }

    private Task<IReadOnlyList<string>> AskAsync(Reason? reason) =>
        _book.Ledger.RequestCancelAsync(["k7m2xqab-1"], Start, reason, CancellationToken.None);

    public sealed class On_SQLite() : A_cancelled_run_says_why(Engine.Sqlite);

    public sealed class On_PostgreSQL() : A_cancelled_run_says_why(Engine.Postgres);
}
