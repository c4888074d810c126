using Tenfold.Core.Runs;

using static Tenfold.Sql.Tests.Book;

namespace Tenfold.Sql.Tests;

public abstract class A_cancelled_run_says_why(Engine engine) : IDisposable
{
    private const string Why = "pruned at step 9: 0.4, and 0.6 was wanted";

    private readonly Book _book = new(engine);

    public void Dispose() => _book.Dispose();

    [Theory]
    [InlineData("cancelled", Why)]
    [InlineData("cancelled before it started", Why)]
    [InlineData(null, Why)]
    [InlineData("cancelled\nwarning: no file kept", $"{Why}\nwarning: no file kept")]
    [InlineData("warning: no file kept", $"{Why}\nwarning: no file kept")]
    public async Task In_the_words_of_who_asked(string? reported, string expected)
    {
        await _book.AddAsync();
        await AskAsync(Why);
        (await _book.RunAsync()).ShouldSatisfyAllConditions(run => run.CancelReason.ShouldBe(Why), run => run.Reason.ShouldBeNull());
        await _book.ApplyAsync(Change(AttemptState.Cancelled) with { Reason = reported });
        (await _book.RunAsync()).Reason.ShouldBe(expected);
        (await _book.AttemptsAsync())[0].Reason.ShouldBe(expected);
        (await _book.Ledger.EventsOfAsync("k7m2xqab-1", CancellationToken.None)).Select(happened => (happened.Kind, happened.Detail))
            .ShouldBe([("created", "1 run on local"), ("cancel-asked", Why), ("cancelled", expected)]);
    }

    [Fact]
    public async Task In_the_targets_words_when_nobody_gave_a_reason()
    {
        await _book.AddAsync();
        await AskAsync(null);
        await _book.ApplyAsync(Change(AttemptState.Cancelled) with { Reason = "cancelled" });
        (await _book.RunAsync()).Reason.ShouldBe("cancelled");
    }

    [Theory]
    [InlineData(Why)]
    [InlineData(null)]
    public async Task By_the_first_who_asked(string? first)
    {
        await _book.AddAsync();
        await AskAsync(first);
        await AskAsync("too late");
        (await _book.RunAsync()).CancelReason.ShouldBe(first);
    }

    [Theory]
    [InlineData(AttemptState.Failed)]
    [InlineData(AttemptState.Succeeded)]
    public async Task And_one_that_ended_by_itself_all_the_same_says_how(AttemptState end)
    {
        await _book.AddAsync();
        await AskAsync(Why);
        await _book.ApplyAsync(Change(AttemptState.Running) with { Reason = "preparing" });
        await _book.ApplyAsync(Change(end) with { Reason = "its own" });
        (await _book.RunAsync()).Reason.ShouldBe("its own");
    }

    [Fact]
    public async Task And_forgets_it_when_it_is_tried_again()
    {
        await _book.AddAsync();
        await AskAsync(Why);
        await _book.ApplyAsync(Change(AttemptState.Cancelled));
        (await _book.Ledger.RequestRetryAsync("k7m2xqab-1", Start, CancellationToken.None)).ShouldBeTrue();
        (await _book.RunAsync()).CancelReason.ShouldBeNull();
        await _book.ApplyAsync(Change(AttemptState.Cancelled, "k7m2xqab-1-2") with { Reason = "cancelled" });
        (await _book.AttemptsAsync()).Select(attempt => attempt.Reason).ShouldBe([Why, "cancelled"]);
        (await _book.RunAsync()).Reason.ShouldBe("cancelled");
    }

    private Task<IReadOnlyList<string>> AskAsync(string? reason) => _book.Ledger.RequestCancelAsync(["k7m2xqab-1"], Start, reason, CancellationToken.None);

    public sealed class On_SQLite() : A_cancelled_run_says_why(Engine.Sqlite);

    public sealed class On_PostgreSQL() : A_cancelled_run_says_why(Engine.Postgres);
}
