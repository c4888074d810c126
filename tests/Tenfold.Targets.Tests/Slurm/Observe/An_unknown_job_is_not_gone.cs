using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm;
using Tenfold.Targets.Slurm.Commands;
using Tenfold.Targets.Slurm.Jobs;

namespace Tenfold.Targets.Tests.Slurm.Observe;

/// <summary>squeue may list nothing for a moment, and accounting may learn of an end late, and both report no error.</summary>
public sealed class An_unknown_job_is_not_gone : IDisposable
{
    private const string Attempt = "zzzzzzzz-1-1", Comment = "tenfold:ledgerxx:zzzzzzzz-1-1";

    private readonly TemporaryFolder _folder = new();
    private readonly FolderStore _store;
    private readonly FakeSlurm _slurm = new();
    private readonly ShiftedTime _time = new();

    public An_unknown_job_is_not_gone() => _store = new FolderStore(_folder["store"]);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")] // slurmdbd is just back
    [InlineData("6_0|PENDING|0:0|None assigned|zzzzzzzz-1-1")]
    [InlineData("6_0|RUNNING|0:0|d1|zzzzzzzz-1-1")]
    [InlineData("6_0|COMPLETING|0:0|d1|zzzzzzzz-1-1")]
    [InlineData("6_0|SUSPENDED|0:0|d1|zzzzzzzz-1-1")]
    [InlineData("5_0|CANCELLED by 0|0:0|None assigned|aaaaaaaa-1-1")] // of another group
    public async Task A_job_is_not_gone_while_accounting_has_no_end(string accounting)
    {
        Account(accounting);
        var states = await ObserveTwiceAsync();
        states.ShouldAllBe(state => state.Kind == BackendKind.Unknown);
        states[0].Reason.Words().ShouldNotBeNull().ShouldContain("does not know its end yet");
        Account("6_0|CANCELLED by 0|0:0|None assigned|zzzzzzzz-1-1");
        (await ObserveAsync()).ShouldSatisfyAllConditions(
            state => state.Kind.ShouldBe(BackendKind.Gone), state => state.End.ShouldBe(Ending.Cancelled));
    }

    [Fact]
    public async Task A_job_that_accounting_never_shows_is_gone_after_an_hour_even_for_short_commands()
    {
        Account("");
        (await ObserveAsync()).Kind.ShouldBe(BackendKind.Unknown);
        _time.By = TimeSpan.FromMinutes(61);
        (await ObserveAsync()).Kind.ShouldBe(BackendKind.Gone);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task An_empty_listing_before_one_with_the_job_ends_nothing(int empty)
    {
        await SubmitAsync();
        var calls = 0;
        _slurm.Listing = () => ++calls <= empty ? [] : [new SlurmJob { Id = 6, Indices = [0], State = "PENDING", Comment = Comment }];
        (await ObserveAsync()).Kind.ShouldBe(BackendKind.Waiting);
    }

    [Fact]
    public async Task A_job_is_gone_once_nothing_was_listed_for_a_minute()
    {
        await SubmitAsync();
        _slurm.Listing = () => [];
        (await ObserveAsync()).ShouldSatisfyAllConditions(
            state => state.Kind.ShouldBe(BackendKind.Unknown),
            state => state.Reason.Words().ShouldNotBeNull().ShouldContain("lists no job at all"));
        _time.By = TimeSpan.FromMinutes(2);
        (await ObserveAsync()).Kind.ShouldBe(BackendKind.Gone);
    }

    [Fact]
    public async Task The_minute_begins_again_once_the_job_is_listed()
    {
        await SubmitAsync();
        var target = Open();
        _slurm.Listing = () => [];
        (await ObserveAsync(target)).Kind.ShouldBe(BackendKind.Unknown);
        _slurm.Listing = () => [new SlurmJob { Id = 6, Indices = [0], State = "PENDING", Comment = Comment }];
        (await ObserveAsync(target)).Kind.ShouldBe(BackendKind.Waiting);
        _time.By = TimeSpan.FromMinutes(2);
        _slurm.Listing = () => [];
        (await ObserveAsync(target)).Kind.ShouldBe(BackendKind.Unknown);
    }

    [Fact]
    public async Task An_attempt_that_was_never_submitted_is_gone()
    {
        _slurm.Listing = () => [];
        (await ObserveAsync()).Kind.ShouldBe(BackendKind.Gone);
    }

    private void Account(string lines) => _slurm.Answer = _ => Task.FromResult<IReadOnlyList<SlurmJob>?>(SacctListing.Read(lines));

    private Task SubmitAsync() => _store.WriteAsync(AttemptKeys.Assignment(Attempt), "{}"u8.ToArray(), Cancel);

    private SlurmTarget Open() => new(_slurm, _store, null!, Sessions.Own, _ => null, _time);

    private async Task<BackendState> ObserveAsync(SlurmTarget? target = null) =>
        (await (target ?? Open()).ObserveAsync([Attempt], Cancel))[0];

    private async Task<IReadOnlyList<BackendState>> ObserveTwiceAsync() => [await ObserveAsync(), await ObserveAsync()];
}
