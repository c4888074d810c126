using System.ComponentModel;
using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm;
using Tenfold.Targets.Slurm.Commands;
using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Observe;

namespace Tenfold.Targets.Tests.Slurm.Observe;

/// <summary>slurmctld answers and lists one array of three. Each test decides how accounting answers.</summary>
public sealed class Accounting_does_not_answer : IDisposable
{
    private const string Running = "k7m2xqab-1-1", Unlisted = "k7m2xqab-2-1", Carried = "k7m2xqab-3-1", Forgotten = "zzzzzzzz-1-1";

    private readonly TemporaryFolder _folder = new();
    private readonly FolderStore _store;
    private readonly FakeSlurm _slurm = new();
    private readonly SlurmTarget _target;

    public Accounting_does_not_answer()
    {
        _store = new FolderStore(_folder["store"]);
        _target = new SlurmTarget(_slurm, _store, null!, Sessions.Own, _ => null, TimeProvider.System);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Only_the_states_of_forgotten_jobs_are_unknown()
    {
        _slurm.Answer = _ => throw new TargetException("`sacct` says Connection refused.");
        await _store.WriteAsync(
            AttemptKeys.Claim(Carried),
            """{"token":"t","host":"d1","process":7,"carrier":"k7m2xqab-1-1","at":"2026-11-22T09:00:00Z"}"""u8.ToArray(), Cancel);
        var states = await _target.ObserveAsync([Running, Unlisted, Carried, Forgotten], Cancel);
        states.Select(state => state.Kind).ShouldBe([BackendKind.Running, BackendKind.Unknown, BackendKind.Running, BackendKind.Unknown]);
        states[3].Reason.Words().ShouldNotBeNull().ShouldContain("Connection refused");
        // Accounting is not asked in every round.
        await _target.ObserveAsync([Forgotten], Cancel);
        _slurm.AccountingCalls.ShouldBe(1);
    }

    [Fact]
    public async Task A_slow_answer_counts_as_no_answer()
    {
        _slurm.Answer = async cancellationToken =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return null;
        };
        var answer = await new AccountingReader(_slurm, TimeProvider.System, TimeSpan.FromMilliseconds(50)).AskAsync(Cancel);
        answer.Fault.ShouldNotBeNull().ToString().ShouldContain("did not answer within");
    }

    [Fact]
    public async Task Without_accounting_a_forgotten_job_is_gone()
    {
        _slurm.Answer = _ => throw new TargetException("there is no `sacct` on PATH", new Win32Exception(2));
        (await _target.ObserveAsync([Forgotten], Cancel))[0].Kind.ShouldBe(BackendKind.Gone);
    }

    [Fact]
    public async Task Accounting_tells_how_a_forgotten_job_ended()
    {
        _slurm.Answer = _ => Task.FromResult<IReadOnlyList<SlurmJob>?>(SacctListing.Read("6_0|NODE_FAIL|0:0|d2|zzzzzzzz-1-1"));
        (await _target.ObserveAsync([Forgotten], Cancel))[0].End.ShouldBe(Ending.Lost);
        await _target.ObserveAsync([Forgotten], Cancel);
        _slurm.AccountingCalls.ShouldBe(1);
    }
}
